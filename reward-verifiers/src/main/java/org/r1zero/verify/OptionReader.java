package org.r1zero.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the options of a verifier, an environment or a data set, and reports every fault in them at
 * once.
 *
 * <pre>{@code
 * OptionReader options = OptionReader.of("verifier 'shout'", node);
 * boolean strict = options.flag("strict", true);
 * double share = options.number("share", 0.5, 0, 1);
 * options.finish(); // throws if anything was wrong or unknown
 * }</pre>
 *
 * A method whose option is at fault returns the default, so that reading goes on to the next fault.
 */
public final class OptionReader {
  private final String owner;
  private final String section;
  private final JsonNode node;
  private final Set<String> known = new TreeSet<>();
  private final List<String> faults = new ArrayList<>();

  private OptionReader(String owner, String section, JsonNode node) {
    this.owner = owner;
    this.section = section;
    this.node = node;
    if (!node.isObject() && !node.isNull() && !node.isMissingNode()) {
      faults.add("options must be an object, found " + node);
    }
  }

  /**
   * Starts reading.
   *
   * @param owner what messages begin with, such as {@code verifier 'math'}
   * @param node an object; a null or missing node stands for no options
   */
  public static OptionReader of(String owner, JsonNode node) {
    return new OptionReader(owner + ": ", "", node);
  }

  /**
   * Starts reading a part of a recipe.
   *
   * @param section the keys' place, such as {@code task.options}, which messages name
   */
  public static OptionReader at(String section, JsonNode node) {
    return new OptionReader("", section + ".", node);
  }

  /** A boolean option, in YAML's words too: yes, on, no, off. */
  public boolean flag(String name, boolean defaultValue) {
    JsonNode value = take(name);
    if (value.isMissingNode()) {
      return defaultValue;
    }
    Optional<Boolean> truth = OptionValues.truth(value);
    if (truth.isEmpty()) {
      fault(name, "true or false", value);
    }
    return truth.orElse(defaultValue);
  }

  /** A whole number from {@code min} to {@code max}. */
  public int integer(String name, int defaultValue, int min, int max) {
    JsonNode value = take(name);
    if (value.isMissingNode()) {
      return defaultValue;
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < min
        || value.intValue() > max) {
      String range = max == Integer.MAX_VALUE ? ">= " + min : "from " + min + " to " + max;
      fault(name, "a whole number " + range, value);
      return defaultValue;
    }
    return value.intValue();
  }

  /** A whole number of 1 or more. */
  public int positive(String name, int defaultValue) {
    return integer(name, defaultValue, 1, Integer.MAX_VALUE);
  }

  /** A number from {@code min} to {@code max}. */
  public double number(String name, double defaultValue, double min, double max) {
    return number(
        name, defaultValue, n -> n >= min && n <= max, "a number from " + min + " to " + max);
  }

  /** A number from 0 to below 1. */
  public double share(String name, double defaultValue) {
    return number(name, defaultValue, n -> n >= 0 && n < 1, "a number in [0, 1)");
  }

  private double number(
      String name, double defaultValue, Predicate<Double> range, String expected) {
    JsonNode value = take(name);
    if (value.isMissingNode()) {
      return defaultValue;
    }
    OptionalDouble number = OptionValues.number(value);
    if (number.isEmpty() || !range.test(number.getAsDouble())) {
      fault(name, expected, value);
      return defaultValue;
    }
    return number.getAsDouble();
  }

  /** A time in seconds, from {@code min} to {@code max}. */
  public Duration seconds(String name, double defaultValue, double min, double max) {
    return Duration.ofNanos((long) (number(name, defaultValue, min, max) * 1e9));
  }

  /** A text; where the default is not empty, neither may it be. */
  public String text(String name, String defaultValue) {
    JsonNode value = take(name);
    if (value.isMissingNode()) {
      return defaultValue;
    }
    if (!value.isTextual() || (value.textValue().isEmpty() && !defaultValue.isEmpty())) {
      fault(name, defaultValue.isEmpty() ? "a text" : "a text that is not empty", value);
      return defaultValue;
    }
    return value.textValue();
  }

  /** A file, which may be one that comes with the program. */
  public Path file(String name, String defaultValue) {
    return ProgramHome.find(Path.of(text(name, defaultValue)));
  }

  /** A list of texts, which may be empty, or one text alone; no text is blank. */
  public List<String> texts(String name, List<String> defaultValue) {
    JsonNode value = take(name);
    if (value.isMissingNode()) {
      return defaultValue;
    }
    List<String> texts = elements(value);
    if (texts == null || texts.stream().anyMatch(String::isBlank)) {
      fault(name, "a text or a list of texts, none of them empty", value);
      return defaultValue;
    }
    return texts;
  }

  /**
   * A program with its arguments, which may be empty texts; it has to be given.
   *
   * @param example what a message shows
   */
  public List<String> command(String name, String example) {
    JsonNode value = take(name);
    List<String> words = elements(value);
    if (words == null || words.isEmpty() || words.get(0).isBlank()) {
      faults.add(
          String.format(
              "%s must name a program, such as %s%s",
              named(name), example, value.isMissingNode() ? "" : ", was " + value));
      return List.of();
    }
    return words;
  }

  /** Texts of a list, or one alone; {@code null} where there is anything else. */
  private static @Nullable List<String> elements(JsonNode value) {
    List<String> texts = new ArrayList<>();
    Iterable<JsonNode> elements = value.isArray() ? value : List.of(value);
    for (JsonNode element : elements) {
      if (!element.isTextual()) {
        return null;
      }
      texts.add(element.textValue());
    }
    return List.copyOf(texts);
  }

  /** One of an enum's constants, written in lower case. */
  public <E extends Enum<E>> E choice(String name, E defaultValue) {
    JsonNode value = take(name);
    if (value.isMissingNode()) {
      return defaultValue;
    }
    Class<E> type = defaultValue.getDeclaringClass();
    Optional<E> chosen = OptionValues.constant(type, value);
    if (chosen.isEmpty()) {
      fault(name, "one of " + OptionValues.names(type), value);
    }
    return chosen.orElse(defaultValue);
  }

  /** A list of an enum's constants in lower case, at least one, none twice. */
  public <E extends Enum<E>> List<E> choices(String name, Class<E> type, List<E> defaultValue) {
    JsonNode value = take(name);
    if (value.isMissingNode()) {
      return defaultValue;
    }
    List<E> chosen = new ArrayList<>();
    value.forEach(element -> OptionValues.constant(type, element).ifPresent(chosen::add));
    boolean complete = value.isArray() && !value.isEmpty() && chosen.size() == value.size();
    if (!complete || EnumSet.copyOf(chosen).size() != chosen.size()) {
      fault(name, "a list of different names among " + OptionValues.names(type), value);
      return defaultValue;
    }
    return List.copyOf(chosen);
  }

  /** A list of objects; none where it is not given. */
  public List<JsonNode> objects(String name) {
    JsonNode value = take(name);
    List<JsonNode> objects = new ArrayList<>();
    value.forEach(objects::add);
    if (!value.isMissingNode()
        && (!value.isArray() || !objects.stream().allMatch(JsonNode::isObject))) {
      fault(name, "a list of mappings", value);
      return List.of();
    }
    return objects;
  }

  /** An object of its own options; a missing node where it is not given. */
  public JsonNode node(String name) {
    return take(name);
  }

  /** Adds a fault that spans several options; its message begins with one of them. */
  public void fault(String message) {
    faults.add(section + message);
  }

  /** The same where a condition does not hold. */
  public void require(boolean condition, String message) {
    if (!condition) {
      fault(message);
    }
  }

  /**
   * Ends reading.
   *
   * @throws IllegalArgumentException if an option was unknown or out of range; the message has
   *     every fault
   */
  public void finish() {
    for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        faults.add(
            "unknown "
                + key(name)
                + NearestName.hint(name, known)
                + (known.isEmpty() ? ", it takes none" : ", known: " + String.join(", ", known)));
      }
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(owner + String.join("; ", faults));
    }
  }

  private JsonNode take(String name) {
    known.add(name);
    return node.path(name);
  }

  private String key(String name) {
    return section.isEmpty() ? "option '" + name + "'" : "key " + section + name;
  }

  private String named(String name) {
    return section.isEmpty() ? key(name) : section + name;
  }

  private void fault(String name, String expected, JsonNode found) {
    faults.add(named(name) + " must be " + expected + ", was " + found);
  }
}
