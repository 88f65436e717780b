package org.r1zero.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads a verifier's options and reports every fault in them at once.
 *
 * <pre>{@code
 * VerifierOptions options = VerifierOptions.of("shout", node);
 * boolean strict = options.flag("strict", true);
 * double share = options.number("share", 0.5, 0, 1);
 * options.finish(); // throws if anything was wrong or unknown
 * }</pre>
 *
 * A method whose option is at fault returns the default, so that reading goes on to the next fault.
 */
public final class VerifierOptions {

  private static final Pattern EXPONENT =
      Pattern.compile("[-+]?\\d{1,20}(?:\\.\\d{0,20})?[eE][-+]?\\d{1,4}");

  private final String owner;
  private final JsonNode node;
  private final Set<String> known = new TreeSet<>();
  private final List<String> faults = new ArrayList<>();

  private VerifierOptions(String owner, JsonNode node) {
    this.owner = owner;
    this.node = node;
    if (!node.isObject() && !node.isNull() && !node.isMissingNode()) {
      faults.add("options must be an object, found " + node);
    }
  }

  /**
   * Starts reading.
   *
   * @param owner what error messages name, such as {@code verifier 'math'}
   * @param node an object; a null or missing node stands for no options
   */
  public static VerifierOptions of(String owner, JsonNode node) {
    return new VerifierOptions(owner, node);
  }

  /** A boolean option, in YAML's words too: yes, on, no, off. */
  public boolean flag(String name, boolean defaultValue) {
    JsonNode value = take(name);
    if (value.isMissingNode()) {
      return defaultValue;
    }
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    if (List.of("yes", "on").contains(value.asText().toLowerCase(Locale.ROOT))) {
      return true;
    }
    if (List.of("no", "off").contains(value.asText().toLowerCase(Locale.ROOT))) {
      return false;
    }
    fault(name, "true or false", value);
    return defaultValue;
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
      fault(name, "a whole number from " + min + " to " + max, value);
      return defaultValue;
    }
    return value.intValue();
  }

  /** A number from {@code min} to {@code max}. */
  public double number(String name, double defaultValue, double min, double max) {
    JsonNode value = take(name);
    if (value.isMissingNode()) {
      return defaultValue;
    }
    // YAML 1.2 reads 1e-6 as a number, YAML 1.1 as a text: both are taken.
    boolean isNumber = value.isNumber() || EXPONENT.matcher(value.asText()).matches();
    double number = isNumber ? value.asDouble() : Double.NaN;
    if (!(number >= min && number <= max)) {
      fault(name, "a number from " + min + " to " + max, value);
      return defaultValue;
    }
    return number;
  }

  /** A time in seconds, from {@code min} to {@code max}. */
  public Duration seconds(String name, double defaultValue, double min, double max) {
    return Duration.ofNanos((long) (number(name, defaultValue, min, max) * 1e9));
  }

  /** A text that is not empty. */
  public String text(String name, String defaultValue) {
    JsonNode value = take(name);
    if (value.isMissingNode()) {
      return defaultValue;
    }
    if (!value.isTextual() || value.textValue().isEmpty()) {
      fault(name, "a text that is not empty", value);
      return defaultValue;
    }
    return value.textValue();
  }

  /** A list of texts, which may be empty. */
  public List<String> texts(String name, List<String> defaultValue) {
    JsonNode value = take(name);
    if (value.isMissingNode()) {
      return defaultValue;
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode element : value) {
      texts.add(element.asText());
      if (!element.isTextual()) {
        fault(name, "a list of texts", value);
        return defaultValue;
      }
    }
    if (!value.isArray()) {
      fault(name, "a list of texts", value);
      return defaultValue;
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
    for (E constant : EnumSet.allOf(type)) {
      if (value.isTextual() && value.textValue().equals(lower(constant))) {
        return constant;
      }
    }
    fault(name, "one of " + names(type), value);
    return defaultValue;
  }

  /** A list of an enum's constants in lower case, at least one, none twice. */
  public <E extends Enum<E>> List<E> choices(String name, Class<E> type, List<E> defaultValue) {
    JsonNode value = take(name);
    if (value.isMissingNode()) {
      return defaultValue;
    }
    List<E> chosen = new ArrayList<>();
    for (JsonNode element : value) {
      for (E constant : EnumSet.allOf(type)) {
        if (element.isTextual() && element.textValue().equals(lower(constant))) {
          chosen.add(constant);
        }
      }
    }
    boolean complete = value.isArray() && !value.isEmpty() && chosen.size() == value.size();
    if (!complete || EnumSet.copyOf(chosen).size() != chosen.size()) {
      fault(name, "a list of different names among " + names(type), value);
      return defaultValue;
    }
    return List.copyOf(chosen);
  }

  /** An object of its own options; a missing node where it is not given. */
  public JsonNode node(String name) {
    return take(name);
  }

  /** Adds a fault that spans several options. */
  public void fault(String message) {
    faults.add(message);
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
            "unknown option '"
                + name
                + "'"
                + NearestName.hint(name, known)
                + (known.isEmpty() ? ", it takes none" : ", known: " + String.join(", ", known)));
      }
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(owner + ": " + String.join("; ", faults));
    }
  }

  private JsonNode take(String name) {
    known.add(name);
    return node.path(name);
  }

  private void fault(String name, String expected, JsonNode found) {
    faults.add("option '" + name + "' must be " + expected + ", was " + found);
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static <E extends Enum<E>> String names(Class<E> type) {
    Collection<E> all = EnumSet.allOf(type);
    return all.stream().map(VerifierOptions::lower).collect(Collectors.joining(", "));
  }
}
