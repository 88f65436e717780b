package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** The methods of Python's strings. */
final class StringMethods {
  private StringMethods() {}

  /** The method of a string, undefined where Python's strings have none of that name here. */
  static Object bind(String s, String name) {
    Budget.look(s);
    Callable method =
        switch (name) {
          case "strip" -> a -> strip(s, chars(a), true, true);
          case "lstrip" -> a -> strip(s, chars(a), true, false);
          case "rstrip" -> a -> strip(s, chars(a), false, true);
          case "upper" -> a -> s.toUpperCase(Locale.ROOT);
          case "lower" -> a -> s.toLowerCase(Locale.ROOT);
          case "title" -> a -> title(s);
          case "capitalize" -> a -> capitalize(s);
          case "split" -> a -> split(s, a, false);
          case "rsplit" -> a -> split(s, a, true);
          case "splitlines" -> a -> new ArrayList<Object>(s.lines().toList());
          case "startswith" -> a -> prefixes(a, name).stream().anyMatch(s::startsWith);
          case "endswith" -> a -> prefixes(a, name).stream().anyMatch(s::endsWith);
          case "replace" ->
              a -> replace(s, a.text(0, name), a.text(1, name), a.integer(2, "count", -1));
          case "find" -> a -> (long) s.indexOf(a.text(0, name));
          case "rfind" -> a -> (long) s.lastIndexOf(a.text(0, name));
          case "count" -> a -> count(s, a.text(0, name));
          case "join" ->
              a -> join(s, Values.iterate(a.required(0, name)).stream().map(Values::text).toList());
          case "removeprefix" ->
              a -> s.startsWith(a.text(0, name)) ? s.substring(a.text(0, name).length()) : s;
          case "removesuffix" ->
              a ->
                  s.endsWith(a.text(0, name))
                      ? s.substring(0, s.length() - a.text(0, name).length())
                      : s;
          case "isdigit" -> a -> all(s, Character::isDigit);
          case "isalpha" -> a -> all(s, Character::isLetter);
          case "isalnum" -> a -> all(s, Character::isLetterOrDigit);
          case "isspace" -> a -> all(s, c -> isSpace((char) c));
          case "isupper" -> a -> !s.equals(s.toLowerCase(Locale.ROOT)) && upper(s);
          case "islower" -> a -> !s.equals(s.toUpperCase(Locale.ROOT)) && !upper(s);
          default -> null;
        };
    return method == null ? new Undefined(name) : method;
  }

  private static boolean upper(String s) {
    return s.equals(s.toUpperCase(Locale.ROOT));
  }

  private static boolean all(String s, IntPredicate test) {
    return !s.isEmpty() && s.codePoints().allMatch(test);
  }

  static String chars(Arguments a) {
    return a.get(0, "chars", None.NONE) instanceof String chars ? chars : "";
  }

  /** Whether Python's {@code str.isspace} holds of a character. */
  static boolean isSpace(char c) {
    return Character.isWhitespace(c)
        || c == '\u0085'
        || c == '\u00a0'
        || c == '\u2007'
        || c == '\u202f';
  }

  static String rstrip(String s) {
    return strip(s, "", false, true);
  }

  /** Takes characters of {@code chars}, or white space where it is empty, off the ends. */
  static String strip(String s, String chars, boolean left, boolean right) {
    int from = 0;
    int to = s.length();
    while (left && from < to && strips(s.charAt(from), chars)) {
      from++;
    }
    while (right && to > from && strips(s.charAt(to - 1), chars)) {
      to--;
    }
    return s.substring(from, to);
  }

  private static boolean strips(char c, String chars) {
    return chars.isEmpty() ? isSpace(c) : chars.indexOf(c) >= 0;
  }

  static String capitalize(String s) {
    return s.isEmpty()
        ? s
        : s.substring(0, 1).toUpperCase(Locale.ROOT) + s.substring(1).toLowerCase(Locale.ROOT);
  }

  static String title(String s) {
    StringBuilder out = new StringBuilder();
    boolean inWord = false;
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      out.append(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
      inWord = Character.isLetter(c);
    }
    return out.toString();
  }

  /** Texts with a separator between each two. */
  static String join(String separator, List<String> parts) {
    Budget.spend((long) separator.length() * parts.size());
    parts.forEach(part -> Budget.spend(part.length()));
    return String.join(separator, parts);
  }

  static String replace(String s, String from, String to, int count) {
    Budget.spend(s.length() + count(s, from) * to.length());
    if (count < 0) {
      return s.replace(from, to);
    }
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (int i = 0; i < count; i++) {
      int next = s.indexOf(from, at);
      if (next < 0 || from.isEmpty()) {
        break;
      }
      out.append(s, at, next).append(to);
      at = next + from.length();
    }
    return out.append(s.substring(at)).toString();
  }

  private static long count(String s, String part) {
    return part.isEmpty()
        ? s.length() + 1L
        : (s.length() - s.replace(part, "").length()) / part.length();
  }

  private static List<String> prefixes(Arguments a, String name) {
    if (a.required(0, name) instanceof List<?> several) {
      return several.stream().map(Values::text).toList();
    }
    return List.of(a.text(0, name));
  }

  private static List<Object> split(String s, Arguments a, boolean fromRight) {
    int max = a.integer(1, "maxsplit", -1);
    if (!(a.get(0, "sep", None.NONE) instanceof String separator)) {
      String[] words = strip(s, "", true, true).split("\\s+", max < 0 ? 0 : max + 1);
      return words[0].isEmpty() ? new ArrayList<>() : new ArrayList<>(Arrays.asList(words));
    }
    if (separator.isEmpty()) {
      throw new JinjaException("split needs a separator that is not empty");
    }
    List<Object> parts = new ArrayList<>();
    String rest = s;
    while (max < 0 || parts.size() < max) {
      int at = fromRight ? rest.lastIndexOf(separator) : rest.indexOf(separator);
      if (at < 0) {
        break;
      }
      String after = rest.substring(at + separator.length());
      if (fromRight) {
        parts.add(0, after);
        rest = rest.substring(0, at);
      } else {
        parts.add(rest.substring(0, at));
        rest = after;
      }
    }
    parts.add(fromRight ? 0 : parts.size(), rest);
    return parts;
  }
}
