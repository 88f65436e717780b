package org.r1zero.grpo.model.tokenizer.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What may follow {@code |}. */
final class Filters {

  private interface Filter {
    Object apply(Object value, Arguments arguments);
  }

  private static final Map<String, Filter> ALL = new TreeMap<>();

  static {
    ALL.put(
        "trim", (v, a) -> StringMethods.strip(Values.text(v), StringMethods.chars(a), true, true));
    ALL.put("upper", (v, a) -> Values.text(v).toUpperCase(Locale.ROOT));
    ALL.put("lower", (v, a) -> Values.text(v).toLowerCase(Locale.ROOT));
    ALL.put("title", (v, a) -> StringMethods.title(Values.text(v)));
    ALL.put("capitalize", (v, a) -> StringMethods.capitalize(Values.text(v)));
    ALL.put("string", (v, a) -> Values.text(v));
    ALL.put("safe", (v, a) -> v);
    ALL.put("replace", Filters::replace);
    ALL.put("indent", Filters::indent);
    ALL.put("join", Filters::join);
    ALL.put("length", (v, a) -> (long) Values.iterate(v).size());
    ALL.put("count", (v, a) -> (long) Values.iterate(v).size());
    ALL.put("list", (v, a) -> Values.iterate(v));
    ALL.put("first", (v, a) -> Access.item(Values.iterate(v), 0L));
    ALL.put("last", (v, a) -> Access.item(Values.iterate(v), -1L));
    ALL.put("reverse", Filters::reverse);
    ALL.put("sort", Filters::sort);
    ALL.put("unique", Filters::unique);
    ALL.put("sum", (v, a) -> reduce(v, a, (x, y) -> Arithmetic.apply("+", x, y)));
    ALL.put("max", (v, a) -> reduce(v, a, (x, y) -> Values.order(x, y) >= 0 ? x : y));
    ALL.put("min", (v, a) -> reduce(v, a, (x, y) -> Values.order(x, y) <= 0 ? x : y));
    ALL.put("default", Filters::orDefault);
    ALL.put("d", Filters::orDefault);
    ALL.put("int", (v, a) -> toInteger(v, a.get(0, "default", 0L)));
    ALL.put("float", (v, a) -> toFloat(v, a.get(0, "default", 0.0)));
    ALL.put("abs", (v, a) -> Values.order(v, 0L) < 0 ? Arithmetic.apply("-", 0L, v) : v);
    ALL.put("round", Filters::round);
    ALL.put("items", (v, a) -> call(v, "items"));
    ALL.put("dictsort", Filters::dictsort);
    ALL.put("attr", (v, a) -> Access.attribute(v, a.text(0, "attr")));
    ALL.put("map", Filters::map);
    ALL.put("select", (v, a) -> select(v, a, false, true));
    ALL.put("reject", (v, a) -> select(v, a, false, false));
    ALL.put("selectattr", (v, a) -> select(v, a, true, true));
    ALL.put("rejectattr", (v, a) -> select(v, a, true, false));
    ALL.put("tojson", (v, a) -> PythonJson.dump(v, a.get(0, "indent", None.NONE)));
  }

  private Filters() {}

  static void requireKnown(Token name) {
    if (!ALL.containsKey(name.text())) {
      throw new JinjaException(
          "line " + name.line() + ": the filter '" + name.text() + "' is not known");
    }
  }

  static Object apply(String name, Object value, Arguments arguments) {
    Filter filter = ALL.get(name);
    if (filter == null) {
      throw new JinjaException("the filter '" + name + "' is not known");
    }
    return filter.apply(value, arguments);
  }

  private static Object replace(Object value, Arguments a) {
    String from = Values.text(a.required(0, "replace"));
    String to = Values.text(a.required(1, "replace"));
    return StringMethods.replace(Values.text(value), from, to, a.integer(2, "count", -1));
  }

  private static Object indent(Object value, Arguments a) {
    Object width = a.get(0, "width", 4L);
    if (!(width instanceof String)) {
      Budget.spend(Math.max(0, a.integer(0, "width", 4)));
    }
    String blanks =
        width instanceof String text ? text : " ".repeat(Math.max(0, a.integer(0, "width", 4)));
    boolean first = Values.truth(a.get(1, "first", false));
    boolean blank = Values.truth(a.get(2, "blank", false));
    String[] lines = Values.text(value).split("\n", -1);
    Budget.spend((long) lines.length * blanks.length());
    for (int i = 0; i < lines.length; i++) {
      boolean indented = i == 0 ? first : blank || !lines[i].isEmpty();
      lines[i] = indented ? blanks + lines[i] : lines[i];
    }
    return String.join("\n", lines);
  }

  private static Object join(Object value, Arguments a) {
    String separator = Values.text(a.get(0, "d", ""));
    Object attribute = a.get(1, "attribute", None.NONE);
    return StringMethods.join(
        separator,
        Values.iterate(value).stream()
            .map(i -> Values.text(attribute instanceof None ? i : field(i, attribute)))
            .toList());
  }

  private static Object reverse(Object value, Arguments a) {
    List<Object> items = Values.iterate(value);
    Collections.reverse(items);
    return value instanceof String ? join(items, Arguments.NONE) : items;
  }

  private static Object sort(Object value, Arguments a) {
    boolean reverse = Values.truth(a.get(0, "reverse", false));
    boolean caseSensitive = Values.truth(a.get(1, "case_sensitive", false));
    Object attribute = a.get(2, "attribute", None.NONE);
    Comparator<Object> order =
        (x, y) ->
            Values.order(
                sortKey(x, attribute, caseSensitive), sortKey(y, attribute, caseSensitive));
    List<Object> items = Values.iterate(value);
    items.sort(reverse ? order.reversed() : order);
    return items;
  }

  private static Object sortKey(Object item, Object attribute, boolean caseSensitive) {
    Object key = attribute instanceof None ? item : field(item, attribute);
    return key instanceof String text && !caseSensitive ? text.toLowerCase(Locale.ROOT) : key;
  }

  private static Object unique(Object value, Arguments a) {
    List<Object> seen = new ArrayList<>();
    for (Object item : Values.iterate(value)) {
      if (seen.stream().noneMatch(s -> Values.equal(s, item))) {
        seen.add(item);
      }
    }
    return seen;
  }

  private static Object reduce(
      Object value, Arguments a, java.util.function.BinaryOperator<Object> operator) {
    Object attribute = a.named().getOrDefault("attribute", None.NONE);
    return Values.iterate(value).stream()
        .map(i -> attribute instanceof None ? i : field(i, attribute))
        .reduce(operator)
        .orElse(0L);
  }

  private static Object orDefault(Object value, Arguments a) {
    boolean alsoFalse = Values.truth(a.get(1, "boolean", false));
    boolean missing = value instanceof Undefined || (alsoFalse && !Values.truth(value));
    return missing ? a.get(0, "default_value", "") : value;
  }

  private static Object toInteger(Object value, Object otherwise) {
    try {
      return value instanceof String text
          ? Long.valueOf(StringMethods.strip(text, "", true, true))
          : (Object) (long) Values.toDouble(value);
    } catch (NumberFormatException | JinjaException e) {
      return otherwise;
    }
  }

  private static Object toFloat(Object value, Object otherwise) {
    try {
      return value instanceof String text ? Double.valueOf(text) : Values.toDouble(value);
    } catch (NumberFormatException | JinjaException e) {
      return otherwise;
    }
  }

  private static Object round(Object value, Arguments a) {
    RoundingMode mode =
        switch (Values.text(a.get(1, "method", "common"))) {
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default -> RoundingMode.HALF_EVEN;
        };
    return new BigDecimal(Values.toDouble(value))
        .setScale(a.integer(0, "precision", 0), mode)
        .doubleValue();
  }

  private static Object dictsort(Object value, Arguments a) {
    List<Object> pairs = Values.iterate(call(value, "items"));
    pairs.sort(
        (x, y) ->
            Values.order(
                sortKey(Access.item(x, 0L), None.NONE, false),
                sortKey(Access.item(y, 0L), None.NONE, false)));
    return pairs;
  }

  private static Object call(Object value, String method) {
    if (Access.attribute(value, method) instanceof Callable callable) {
      return callable.call(Arguments.NONE);
    }
    throw new JinjaException(Values.repr(value) + " has no " + method);
  }

  /** A field by a name, which may have dots. */
  private static Object field(Object item, Object path) {
    if (path instanceof Long) {
      return Access.item(item, path);
    }
    Object value = item;
    for (String part : Values.text(path).split("\\.", -1)) {
      value = Access.item(value, part);
    }
    return value;
  }

  private static Object map(Object value, Arguments a) {
    Object attribute = a.named().getOrDefault("attribute", None.NONE);
    Object otherwise = a.named().getOrDefault("default", None.NONE);
    List<Object> mapped = new ArrayList<>();
    for (Object item : Values.iterate(value)) {
      if (attribute instanceof None) {
        mapped.add(apply(a.text(0, "map"), item, a.from(1)));
      } else {
        Object field = field(item, attribute);
        mapped.add(field instanceof Undefined && !(otherwise instanceof None) ? otherwise : field);
      }
    }
    return mapped;
  }

  private static Object select(Object value, Arguments a, boolean byField, boolean keeps) {
    int first = byField ? 1 : 0;
    List<Object> chosen = new ArrayList<>();
    for (Object item : Values.iterate(value)) {
      Object subject = byField ? field(item, a.required(0, "selectattr")) : item;
      boolean holds =
          a.positional().size() > first
              ? Tests.holds(a.text(first, "select"), subject, a.from(first + 1))
              : Values.truth(subject);
      if (holds == keeps) {
        chosen.add(item);
      }
    }
    return chosen;
  }
}
