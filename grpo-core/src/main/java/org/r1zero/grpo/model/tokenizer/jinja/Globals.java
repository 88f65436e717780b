package org.r1zero.grpo.model.tokenizer.jinja;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The functions that every template knows: Jinja's, and those that transformers adds. */
final class Globals {
  private static final int MAX_RANGE = 100_000;
  private static final Map<Character, String> DATE_PATTERNS =
      Map.ofEntries(
          Map.entry('d', "dd"),
          Map.entry('m', "MM"),
          Map.entry('Y', "yyyy"),
          Map.entry('y', "yy"),
          Map.entry('B', "MMMM"),
          Map.entry('b', "MMM"),
          Map.entry('A', "EEEE"),
          Map.entry('a', "EEE"),
          Map.entry('H', "HH"),
          Map.entry('I', "hh"),
          Map.entry('M', "mm"),
          Map.entry('S', "ss"),
          Map.entry('p', "a"),
          Map.entry('j', "DDD"));

  private Globals() {}

  static Map<String, Object> with(Clock clock) {
    return Map.of(
        "range", (Callable) Globals::range,
        "namespace", (Callable) a -> new Namespace(a.named()),
        "dict", (Callable) a -> new LinkedHashMap<Object, Object>(a.named()),
        "raise_exception", (Callable) Globals::raise,
        "strftime_now", (Callable) a -> date(a.text(0, "strftime_now"), clock));
  }

  private static Object raise(Arguments a) {
    throw new JinjaException(Values.text(a.required(0, "raise_exception")));
  }

  private static Object range(Arguments a) {
    boolean single = a.positional().size() == 1;
    long from = single ? 0 : Values.integer(a.required(0, "range"));
    long to = Values.integer(a.required(single ? 0 : 1, "range"));
    long by = Values.integer(a.get(2, "step", 1L));
    if (by == 0) {
      throw new JinjaException("a range's step can't be 0");
    }
    List<Object> values = new ArrayList<>();
    for (long i = from; by > 0 ? i < to : i > to; i += by) {
      if (values.size() == MAX_RANGE) {
        throw new JinjaException("a range has more than " + MAX_RANGE + " numbers");
      }
      Budget.spend(1);
      values.add(i);
    }
    return values;
  }

  private static String date(String format, Clock clock) {
    ZonedDateTime now = ZonedDateTime.now(clock);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      boolean unpadded = format.charAt(i + 1) == '-' && i + 2 < format.length();
      i += unpadded ? 2 : 1;
      char code = format.charAt(i);
      String pattern = DATE_PATTERNS.get(code);
      if (code == '%') {
        out.append('%');
      } else if (pattern == null) {
        throw new JinjaException("the date format %" + code + " is not known");
      } else {
        String text = DateTimeFormatter.ofPattern(pattern, Locale.US).format(now);
        out.append(unpadded && text.startsWith("0") ? text.substring(1) : text);
      }
    }
    return out.toString();
  }
}
