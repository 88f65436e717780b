package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Fields, items and slices of values. */
final class Access {
  private Access() {}

  /** {@code object.name}: a method, otherwise an item. */
  static Object attribute(Object object, String name) {
    if (object instanceof Undefined undefined) {
      throw undefined.failure();
    } else if (object instanceof Namespace namespace) {
      return namespace.get(name);
    } else if (object instanceof Loop loop) {
      return loop.get(name);
    } else if (object instanceof String text) {
      return StringMethods.bind(text, name);
    } else if (object instanceof Map<?, ?> map) {
      Object method = mapMethod(map, name);
      return method instanceof Undefined ? item(object, name) : method;
    }
    return new Undefined(name);
  }

  private static Object mapMethod(Map<?, ?> map, String name) {
    return switch (name) {
      case "get" ->
          (Callable)
              a -> {
                Object value = map.get(Values.key(a.required(0, "get")));
                return value == null ? a.get(1, "default", None.NONE) : value;
              };
      case "items" ->
          (Callable)
              a -> {
                List<Object> pairs = new ArrayList<>();
                map.forEach((key, value) -> pairs.add(List.of(key, value)));
                return pairs;
              };
      case "keys" -> (Callable) a -> new ArrayList<Object>(map.keySet());
      case "values" -> (Callable) a -> new ArrayList<Object>(map.values());
      default -> new Undefined(name);
    };
  }

  /** {@code object[key]}: an item, otherwise a field. */
  static Object item(Object object, Object key) {
    if (object instanceof Undefined undefined) {
      throw undefined.failure();
    } else if (object instanceof Map<?, ?> map) {
      Object value = map.get(Values.key(key));
      return value == null ? new Undefined(Values.text(key)) : value;
    } else if (key instanceof Long index && object instanceof List<?> items) {
      long at = index < 0 ? index + items.size() : index;
      return at >= 0 && at < items.size() ? items.get((int) at) : new Undefined("item " + index);
    } else if (key instanceof Long index && object instanceof String text) {
      return item(Values.iterate(text), index);
    } else if (key instanceof String name && !(object instanceof List<?>)) {
      return attribute(object, name);
    }
    return new Undefined(Values.text(key));
  }

  /** {@code object[start:stop:step]}; a part that is left out is none. */
  static Object slice(Object object, Object start, Object stop, Object step) {
    if (object instanceof Undefined undefined) {
      throw undefined.failure();
    } else if (!(object instanceof String || object instanceof List<?>)) {
      throw new JinjaException(Values.repr(object) + " can't be sliced");
    }
    List<Object> items = Values.iterate(object);
    long size = items.size();
    long by = step instanceof None ? 1 : Values.integer(step);
    if (by == 0) {
      throw new JinjaException("a slice's step can't be 0");
    }
    long from = bound(start, size, by > 0 ? 0 : size - 1, by);
    long to = bound(stop, size, by > 0 ? size : -1, by);
    List<Object> chosen = new ArrayList<>();
    for (long i = from; by > 0 ? i < to : i > to; i += by) {
      chosen.add(items.get((int) i));
    }
    if (object instanceof String) {
      StringBuilder text = new StringBuilder();
      chosen.forEach(text::append);
      return text.toString();
    }
    return chosen;
  }

  private static long bound(Object value, long size, long otherwise, long by) {
    if (value instanceof None) {
      return otherwise;
    }
    long index = Values.integer(value);
    long at = index < 0 ? index + size : index;
    return by > 0 ? Math.max(0, Math.min(at, size)) : Math.max(-1, Math.min(at, size - 1));
  }
}
