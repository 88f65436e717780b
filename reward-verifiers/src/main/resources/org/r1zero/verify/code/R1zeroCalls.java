import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Calls a tested method inside the sandbox: one JSON array of arguments per line on standard input, one
 * marked line with the result as JSON each on standard output. Arguments: class names joined by
 * commas, the method's name. Nothing here is trusted, and what is expected never comes here.
 */
final class R1zeroCalls {

  private static final String MARK = "\u0001r1zero ";
  private static final int MAX_DEPTH = 50;

  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    int number = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String result;
      try {
        result = "v " + write(call(args[0].split(","), args[1], new Reader(line).list()), 0);
      } catch (InvocationTargetException e) {
        result = "e " + String.valueOf(e.getCause()).replaceAll("\\s+", " ");
      } catch (Exception | StackOverflowError | OutOfMemoryError e) {
        result = "e " + String.valueOf(e).replaceAll("\\s+", " ");
      }
      out.println();
      out.println(MARK + number++ + " " + result);
    }
    Runtime.getRuntime().halt(0);
  }

  private static Object call(String[] classes, String name, List<Object> arguments)
      throws Exception {
    String fault = "no method " + name;
    for (String type : classes) {
      Class<?> owner;
      try {
        owner = Class.forName(type);
      } catch (ClassNotFoundException e) {
        continue;
      }
      for (Method method : owner.getDeclaredMethods()) {
        if (!method.getName().equals(name) || method.isSynthetic()) {
          continue;
        }
        Type[] types = method.getGenericParameterTypes();
        if (types.length != arguments.size()) {
          fault = name + " takes " + types.length + " arguments, not " + arguments.size();
          continue;
        }
        Object[] converted = new Object[types.length];
        try {
          for (int i = 0; i < types.length; i++) {
            converted[i] = convert(arguments.get(i), types[i]);
          }
        } catch (IllegalArgumentException e) {
          fault = name + ": " + e.getMessage();
          continue;
        }
        method.setAccessible(true);
        return method.invoke(
            Modifier.isStatic(method.getModifiers()) ? null : instance(owner), converted);
      }
    }
    throw new NoSuchMethodException(fault);
  }

  private static Object instance(Class<?> owner) throws Exception {
    Constructor<?> constructor = owner.getDeclaredConstructor();
    constructor.setAccessible(true);
    return constructor.newInstance();
  }

  private static Class<?> raw(Type type) {
    if (type instanceof Class<?> c) {
      return c;
    }
    if (type instanceof ParameterizedType p) {
      return raw(p.getRawType());
    }
    if (type instanceof WildcardType w) {
      return raw(w.getUpperBounds()[0]);
    }
    return Object.class;
  }

  private static Type part(Type type, int index) {
    return type instanceof ParameterizedType p ? p.getActualTypeArguments()[index] : Object.class;
  }

  private static Object convert(Object value, Type type) {
    Class<?> raw = raw(type);
    if (type instanceof GenericArrayType || raw.isArray()) {
      Type part =
          type instanceof GenericArrayType g ? g.getGenericComponentType() : raw.getComponentType();
      if (!(value instanceof List<?> list)) {
        throw mismatch(value, type);
      }
      Object array = Array.newInstance(raw(part), list.size());
      for (int i = 0; i < list.size(); i++) {
        Array.set(array, i, convert(list.get(i), part));
      }
      return array;
    }
    if (value == null) {
      if (raw.isPrimitive()) {
        throw mismatch(value, type);
      }
      return null;
    }
    if (value instanceof Number number) {
      return number(number, raw, type);
    }
    if (value instanceof Boolean && (raw == boolean.class || raw.isAssignableFrom(Boolean.class))) {
      return value;
    }
    if (value instanceof String text) {
      if ((raw == char.class || raw == Character.class) && text.length() == 1) {
        return text.charAt(0);
      }
      if (raw.isAssignableFrom(String.class)) {
        return text;
      }
    }
    if (value instanceof List<?> list) {
      Collection<Object> items = Set.class.isAssignableFrom(raw) ? new LinkedHashSet<>() : new ArrayList<>();
      list.forEach(item -> items.add(convert(item, part(type, 0))));
      if (raw.isInstance(items)) {
        return items;
      }
    }
    if (value instanceof Map<?, ?> map && raw.isAssignableFrom(LinkedHashMap.class)) {
      Map<Object, Object> entries = new LinkedHashMap<>();
      map.forEach((key, item) -> entries.put(key(key, part(type, 0)), convert(item, part(type, 1))));
      return entries;
    }
    throw mismatch(value, type);
  }

  private static Object key(Object key, Type type) {
    Class<?> raw = raw(type);
    return raw == Integer.class || raw == Long.class
        ? convert(Long.valueOf(key.toString()), type)
        : convert(key, type);
  }

  private static Object number(Number number, Class<?> raw, Type type) {
    boolean whole = number instanceof Long;
    if (whole && (raw == int.class || raw == Integer.class)) {
      return Math.toIntExact(number.longValue());
    }
    if (whole && (raw == long.class || raw == Long.class)) {
      return number.longValue();
    }
    if (whole && (raw == short.class || raw == Short.class)) {
      return number.shortValue();
    }
    if (whole && (raw == byte.class || raw == Byte.class)) {
      return number.byteValue();
    }
    if (raw == double.class || raw == Double.class) {
      return number.doubleValue();
    }
    if (raw == float.class || raw == Float.class) {
      return number.floatValue();
    }
    if (whole && raw == java.math.BigInteger.class) {
      return java.math.BigInteger.valueOf(number.longValue());
    }
    if (raw == Object.class || raw == Number.class) {
      return whole && number.intValue() == number.longValue() ? (Object) number.intValue() : number;
    }
    throw mismatch(number, type);
  }

  private static IllegalArgumentException mismatch(Object value, Type type) {
    return new IllegalArgumentException(value + " is not a " + type.getTypeName());
  }

  private static String write(Object value, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalStateException("a result nested too deep");
    }
    if (value == null || value instanceof Boolean || value instanceof Byte) {
      return String.valueOf(value);
    }
    if (value instanceof Integer || value instanceof Long || value instanceof Short) {
      return String.valueOf(value);
    }
    if (value instanceof java.math.BigInteger) {
      return value.toString();
    }
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return String.valueOf(number);
    }
    if (value instanceof Optional<?> optional) {
      return write(optional.orElse(null), depth + 1);
    }
    StringBuilder text = new StringBuilder();
    if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        text.append(text.length() == 0 ? "" : ",").append(quoted(String.valueOf(entry.getKey())));
        text.append(':').append(write(entry.getValue(), depth + 1));
      }
      return "{" + text + "}";
    }
    if (value instanceof Collection<?> items) {
      for (Object item : items) {
        text.append(text.length() == 0 ? "" : ",").append(write(item, depth + 1));
      }
      return "[" + text + "]";
    }
    if (value.getClass().isArray()) {
      for (int i = 0; i < Array.getLength(value); i++) {
        text.append(i == 0 ? "" : ",").append(write(Array.get(value, i), depth + 1));
      }
      return "[" + text + "]";
    }
    if (value instanceof String || value instanceof Character || value instanceof Number) {
      return quoted(value.toString());
    }
    throw new IllegalStateException("a result of type " + value.getClass().getName());
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = c >= ' ' && c < 127 && c != '"' && c != '\\';
      quoted.append(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
    }
    return quoted.append('"').toString();
  }

  /** A reader of JSON, which the standard library lacks. */
  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    @SuppressWarnings("unchecked")
    List<Object> list() {
      return (List<Object>) value();
    }

    private Object value() {
      char c = text.charAt(at);
      if (c == '[') {
        List<Object> items = new ArrayList<>();
        for (at++; text.charAt(at) != ']'; at += text.charAt(at) == ',' ? 1 : 0) {
          items.add(value());
        }
        at++;
        return items;
      }
      if (c == '{') {
        Map<Object, Object> entries = new LinkedHashMap<>();
        for (at++; text.charAt(at) != '}'; at += text.charAt(at) == ',' ? 1 : 0) {
          Object key = value();
          at++;
          entries.put(key, value());
        }
        at++;
        return entries;
      }
      return c == '"' ? string() : word();
    }

    private String string() {
      StringBuilder string = new StringBuilder();
      for (at++; text.charAt(at) != '"'; at++) {
        char c = text.charAt(at);
        if (c != '\\') {
          string.append(c);
          continue;
        }
        c = text.charAt(++at);
        if (c == 'u') {
          string.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
          at += 4;
        } else {
          int index = "bfnrt".indexOf(c);
          string.append(index < 0 ? c : "\b\f\n\r\t".charAt(index));
        }
      }
      at++;
      return string.toString();
    }

    private Object word() {
      int from = at;
      while (at < text.length() && ",]}:".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      String word = text.substring(from, at);
      return switch (word) {
        case "null" -> null;
        case "true", "false" -> Boolean.valueOf(word);
        default -> word.matches("-?\\d{1,18}") ? (Object) Long.valueOf(word) : Double.valueOf(word);
      };
    }
  }
}
