package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What may follow {@code is}. */
final class Tests {
  private interface Test {
    boolean holds(Object value, Arguments arguments);
  }

  private static final Map<String, Test> ALL = new HashMap<>();

  static {
    Map.of(
            "eq", "==",
            "equalto", "==",
            "ne", "!=",
            "lt", "<",
            "lessthan", "<",
            "le", "<=",
            "gt", ">",
            "greaterthan", ">",
            "ge", ">=",
            "in", "in")
        .forEach(
            (name, operator) ->
                ALL.put(name, (v, a) -> Values.compare(operator, v, a.required(0, name))));
    ALL.put("defined", (v, a) -> !(v instanceof Undefined));
    ALL.put("undefined", (v, a) -> v instanceof Undefined);
    ALL.put("none", (v, a) -> v instanceof None);
    ALL.put("boolean", (v, a) -> v instanceof Boolean);
    ALL.put("true", (v, a) -> v.equals(true));
    ALL.put("false", (v, a) -> v.equals(false));
    ALL.put("integer", (v, a) -> v instanceof Long);
    ALL.put("float", (v, a) -> v instanceof Double);
    ALL.put("number", (v, a) -> Values.isNumber(v));
    ALL.put("string", (v, a) -> v instanceof String);
    ALL.put("mapping", (v, a) -> v instanceof Map<?, ?>);
    ALL.put("iterable", (v, a) -> isSequence(v));
    ALL.put("sequence", (v, a) -> isSequence(v));
    ALL.put("callable", (v, a) -> v instanceof Callable);
    ALL.put("sameas", (v, a) -> Values.same(v, a.required(0, "sameas")));
    ALL.put("odd", (v, a) -> Math.floorMod(Values.integer(v), 2L) == 1);
    ALL.put("even", (v, a) -> Math.floorMod(Values.integer(v), 2L) == 0);
    ALL.put(
        "divisibleby",
        (v, a) -> Values.equal(Arithmetic.apply("%", v, a.required(0, "divisibleby")), 0L));
    ALL.put("lower", (v, a) -> Values.text(v).equals(Values.text(v).toLowerCase(Locale.ROOT)));
    ALL.put("upper", (v, a) -> Values.text(v).equals(Values.text(v).toUpperCase(Locale.ROOT)));
  }

  private Tests() {}

  static void requireKnown(Token name) {
    if (!ALL.containsKey(name.text())) {
      throw new JinjaException(
          "line " + name.line() + ": the test '" + name.text() + "' is not known");
    }
  }

  static boolean holds(String name, Object value, Arguments arguments) {
    Test test = ALL.get(name);
    if (test == null) {
      throw new JinjaException("the test '" + name + "' is not known");
    }
    return test.holds(value, arguments);
  }

  private static boolean isSequence(Object value) {
    return value instanceof String
        || value instanceof List<?>
        || value instanceof Map<?, ?>
        || value instanceof Undefined;
  }
}
