package org.r1zero.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What values of YAML and JSON stand for, in YAML 1.2 and in YAML 1.1: both are taken. */
public final class OptionValues {
  private static final Pattern NUMBER =
      Pattern.compile(
          "[-+]?([0-9]{1,400}(\\.[0-9]{0,400})?|\\.[0-9]{1,400})([eE][-+]?[0-9]{1,9})?");

  private OptionValues() {}

  /** A number, which YAML 1.1 reads as a text where it is 1e-6. */
  public static OptionalDouble number(JsonNode value) {
    if (value.isNumber()) {
      return OptionalDouble.of(value.asDouble());
    }
    return value.isTextual() && NUMBER.matcher(value.textValue()).matches()
        ? OptionalDouble.of(Double.parseDouble(value.textValue()))
        : OptionalDouble.empty();
  }

  /** True or false; yes, on, no and off are what YAML 1.1 calls them. */
  public static Optional<Boolean> truth(JsonNode value) {
    return switch (value.asText().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> Optional.of(true);
      case "false", "no", "off" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /** An enum's constant by its name in lower case. */
  public static <E extends Enum<E>> Optional<E> constant(Class<E> type, JsonNode value) {
    return EnumSet.allOf(type).stream()
        .filter(constant -> value.isTextual() && value.textValue().equals(name(constant)))
        .findFirst();
  }

  /** What options call an enum's constant. */
  public static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** The names of an enum's constants. */
  public static <E extends Enum<E>> String names(Class<E> type) {
    return EnumSet.allOf(type).stream().map(OptionValues::name).collect(Collectors.joining(", "));
  }
}
