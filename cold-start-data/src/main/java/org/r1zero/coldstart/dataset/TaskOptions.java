package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.r1zero.verify.NearestName;
import org.r1zero.verify.ProgramHome;

/**
 * Reads a data set's options for a {@link DatasetProvider}: each method reads one, and {@link
 * #finish}, called last, throws all faults at once, unknown options included.
 */
public final class TaskOptions {
  private final JsonNode node;
  private final TreeSet<String> known = new TreeSet<>();
  private final List<String> faults = new ArrayList<>();

  /** Takes {@code task.options}. */
  public TaskOptions(JsonNode node) {
    this.node = node;
  }

  /** A whole number of 1 or more. */
  public int positive(String name, int otherwise) {
    known.add(name);
    JsonNode value = node.path(name);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.canConvertToInt() || !value.isIntegralNumber() || value.asInt() < 1) {
      faults.add("task.options." + name + " must be a whole number >= 1, was " + value);
      return otherwise;
    }
    return value.asInt();
  }

  /** A text. */
  public String text(String name, String otherwise) {
    known.add(name);
    JsonNode value = node.path(name);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isTextual()) {
      faults.add("task.options." + name + " must be a text, was " + value);
      return otherwise;
    }
    return value.asText();
  }

  /** A text or a list of texts; none where it is not given. */
  public List<String> texts(String name) {
    known.add(name);
    JsonNode value = node.path(name);
    List<String> texts = new ArrayList<>();
    if (value.isTextual() && !value.textValue().isBlank()) {
      texts.add(value.textValue());
    } else if (value.isArray() && !value.isEmpty()) {
      value.forEach(element -> texts.add(element.isTextual() ? element.textValue() : ""));
    }
    if (!value.isMissingNode() && (texts.isEmpty() || texts.contains(""))) {
      faults.add("task.options." + name + " must be a text or a list of texts, was " + value);
      return List.of();
    }
    return texts;
  }

  /** A number from 0 to below 1. */
  public double share(String name, double otherwise) {
    known.add(name);
    JsonNode value = node.path(name);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() < 1)) {
      faults.add("task.options." + name + " must be a number in [0, 1), was " + value);
      return otherwise;
    }
    return value.doubleValue();
  }

  /** One of an enum's constants, in lower case. */
  public <E extends Enum<E>> E choice(String name, E otherwise) {
    known.add(name);
    JsonNode value = node.path(name);
    List<String> names = new ArrayList<>();
    for (E constant : EnumSet.allOf(otherwise.getDeclaringClass())) {
      String written = constant.name().toLowerCase(Locale.ROOT);
      if (value.asText().equals(written)) {
        return constant;
      }
      names.add(written);
    }
    if (!value.isMissingNode()) {
      faults.add("task.options." + name + " must be one of " + names + ", was " + value);
    }
    return otherwise;
  }

  /** A list of objects; none where it is not given. */
  public List<JsonNode> objects(String name) {
    known.add(name);
    JsonNode value = node.path(name);
    List<JsonNode> objects = new ArrayList<>();
    value.forEach(objects::add);
    if (!value.isMissingNode()
        && (!value.isArray() || !objects.stream().allMatch(JsonNode::isObject))) {
      faults.add("task.options." + name + " must be a list of mappings, was " + value);
      return List.of();
    }
    return objects;
  }

  /** A file, which may be one that comes with the program. */
  Path file(String name, String otherwise) {
    return ProgramHome.find(Path.of(text(name, otherwise)));
  }

  /** Notes a fault, which {@link #finish} throws with the others, where {@code right} is false. */
  public void require(boolean right, String fault) {
    if (!right) {
      faults.add("task.options." + fault);
    }
  }

  /**
   * Throws where an option is unknown or was wrong.
   *
   * @throws IllegalArgumentException with every fault
   */
  public void finish() {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!known.contains(field.getKey())) {
        faults.add(
            "unknown key task.options."
                + field.getKey()
                + NearestName.hint(field.getKey(), known)
                + "; known are "
                + known);
      }
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }
}
