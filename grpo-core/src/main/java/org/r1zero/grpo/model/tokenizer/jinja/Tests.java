package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What may follow {@code is}. */
final class Tests {
  private static final Map<String, String> COMPARISONS =
      Map.ofEntries(
          Map.entry("eq", "=="),
          Map.entry("equalto", "=="),
          Map.entry("ne", "!="),
          Map.entry("lt", "<"),
          Map.entry("lessthan", "<"),
          Map.entry("le", "<="),
          Map.entry("gt", ">"),
          Map.entry("greaterthan", ">"),
          Map.entry("ge", ">="),
          Map.entry("in", "in"));
  private static final Set<String> OTHERS =
      Set.of(
          "defined",
          "undefined",
          "none",
          "boolean",
          "true",
          "false",
          "integer",
          "float",
          "number",
          "string",
          "mapping",
          "iterable",
          "sequence",
          "callable",
          "sameas",
          "odd",
          "even",
          "divisibleby",
          "lower",
          "upper");

  private Tests() {}

  static void requireKnown(Token name) {
    if (!OTHERS.contains(name.text()) && !COMPARISONS.containsKey(name.text())) {
      throw new JinjaException(
          "line " + name.line() + ": the test '" + name.text() + "' is not known");
    }
  }

  static boolean holds(String name, Object value, Arguments arguments) {
    String operator = COMPARISONS.get(name);
    if (operator != null) {
      return Values.compare(operator, value, arguments.required(0, name));
    }
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value instanceof None;
      case "boolean" -> value instanceof Boolean;
      case "true" -> value.equals(true);
      case "false" -> value.equals(false);
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "number" -> Values.isNumber(value);
      case "string" -> value instanceof String;
      case "mapping" -> value instanceof Map<?, ?>;
      case "iterable" -> isSequence(value) || value instanceof Undefined;
      case "sequence" -> isSequence(value) || value instanceof Undefined;
      case "callable" -> value instanceof Callable;
      case "sameas" -> Values.same(value, arguments.required(0, name));
      case "odd" -> Math.floorMod(Values.integer(value), 2L) == 1;
      case "even" -> Math.floorMod(Values.integer(value), 2L) == 0;
      case "divisibleby" ->
          Values.equal(Arithmetic.apply("%", value, arguments.required(0, name)), 0L);
      case "lower" -> Values.text(value).equals(Values.text(value).toLowerCase(Locale.ROOT));
      case "upper" -> Values.text(value).equals(Values.text(value).toUpperCase(Locale.ROOT));
      default -> throw new JinjaException("the test '" + name + "' is not known");
    };
  }

  private static boolean isSequence(Object value) {
    return value instanceof String || value instanceof List<?> || value instanceof Map<?, ?>;
  }
}
