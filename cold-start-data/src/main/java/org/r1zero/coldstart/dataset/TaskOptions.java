package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Reads a data set's options; what was not asked for by {@link #finish} is an error. */
final class TaskOptions {
  private final JsonNode node;
  private final TreeSet<String> known = new TreeSet<>();
  private final List<String> faults = new ArrayList<>();

  TaskOptions(JsonNode node) {
    this.node = node;
  }

  int positive(String name, int otherwise) {
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

  String text(String name, String otherwise) {
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

  /** A file, which may be one that comes with the program. */
  Path file(String name, String otherwise) {
    return Program.find(Path.of(text(name, otherwise)));
  }

  /** Notes a fault, which {@link #finish} throws with the others, where {@code right} is false. */
  void require(boolean right, String fault) {
    if (!right) {
      faults.add("task.options." + fault);
    }
  }

  /** Throws where an option is unknown or was wrong. */
  void finish() {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!known.contains(field.getKey())) {
        faults.add("unknown key task.options." + field.getKey() + "; known are " + known);
      }
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }
}
