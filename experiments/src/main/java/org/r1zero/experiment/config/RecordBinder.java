package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.NearestName;

/**
 * Fills records from a tree. Keys are the components' names in snake case; a record's static {@code
 * defaults()} gives what the tree leaves out; without one, only nullable components may be left
 * out. The constructor checks the values. Faults are collected, not thrown.
 */
final class RecordBinder {
  /** Between the faults that a constructor names. */
  private static final Pattern FAULTS = Pattern.compile("; (?=[a-z_.]+ must )");

  private final List<String> faults;

  RecordBinder(List<String> faults) {
    this.faults = faults;
  }

  /** Binds an object to a record; {@code null} where that was not possible. */
  <R> @Nullable R bind(JsonNode node, Class<R> type, String path) {
    if (!node.isObject()) {
      faults.add(path + " must be a mapping, was " + node);
      return null;
    }
    RecordComponent[] components = type.getRecordComponents();
    List<String> keys = Arrays.stream(components).map(c -> snake(c.getName())).toList();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!keys.contains(field.getKey())) {
        String meant =
            NearestName.of(field.getKey(), keys)
                .map(near -> "did you mean " + join(path, near) + "?")
                .orElse("known are " + String.join(", ", keys));
        faults.add("unknown key " + join(path, field.getKey()) + "; " + meant);
      }
    }
    Object defaults = defaults(type);
    Object[] values = new Object[components.length];
    int before = faults.size();
    for (int i = 0; i < components.length; i++) {
      JsonNode value = node.path(keys.get(i));
      if (value.isMissingNode()) {
        if (defaults == null
            && !components[i].getAnnotatedType().isAnnotationPresent(Nullable.class)) {
          faults.add(join(path, keys.get(i)) + " is missing");
        } else if (defaults != null) {
          values[i] = call(components[i], defaults);
        }
      } else {
        values[i] = value(value, components[i].getGenericType(), join(path, keys.get(i)));
      }
    }
    return faults.size() > before ? null : construct(type, components, values, path);
  }

  private @Nullable Object value(JsonNode node, Type type, String path) {
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      return list(node, (Class<?>) list.getActualTypeArguments()[0], path);
    }
    Class<?> raw = (Class<?>) type;
    if (raw.isRecord()) {
      return bind(node, raw, path);
    } else if (raw == ObjectNode.class) {
      return node.isObject() ? node : fault(path, "a mapping", node);
    } else if (raw == String.class) {
      return node.isValueNode() && !node.isNull() ? node.asText() : fault(path, "a text", node);
    } else if (raw == int.class) {
      return node.isIntegralNumber() && node.canConvertToInt()
          ? (Object) node.asInt()
          : fault(path, "a whole number", node);
    } else if (raw == long.class) {
      return node.isIntegralNumber() && node.canConvertToLong()
          ? (Object) node.asLong()
          : fault(path, "a whole number", node);
    } else if (raw == double.class) {
      return number(node, path);
    } else if (raw == Double.class) {
      return node.isNull() ? null : number(node, path); // null leaves an option off
    } else if (raw == boolean.class) {
      return node.isBoolean() ? (Object) node.asBoolean() : fault(path, "true or false", node);
    } else if (raw.isEnum()) {
      return enumValue(node, raw, path);
    }
    throw new IllegalStateException("no rule binds " + type + " at " + path);
  }

  /** YAML 1.2 reads 1e-6 as a number, YAML 1.1 as a text: both are taken. */
  private @Nullable Object number(JsonNode node, String path) {
    if (node.isNumber()) {
      return node.asDouble();
    }
    try {
      return Double.parseDouble(node.asText());
    } catch (NumberFormatException e) {
      return fault(path, "a number", node);
    }
  }

  private @Nullable Object enumValue(JsonNode node, Class<?> type, String path) {
    List<String> names =
        Arrays.stream(type.getEnumConstants())
            .map(c -> ((Enum<?>) c).name().toLowerCase(Locale.ROOT))
            .toList();
    int index = names.indexOf(node.asText());
    return index >= 0
        ? type.getEnumConstants()[index]
        : fault(path, "one of " + String.join(", ", names), node);
  }

  private @Nullable Object list(JsonNode node, Class<?> element, String path) {
    if (!node.isArray()) {
      return fault(path, "a list", node);
    }
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      Object value = value(node.get(i), element, path + "[" + i + "]");
      if (value != null) {
        values.add(value);
      }
    }
    return values;
  }

  private @Nullable Object fault(String path, String expected, JsonNode found) {
    faults.add(path + " must be " + expected + ", was " + found);
    return null;
  }

  private <R> @Nullable R construct(
      Class<R> type, RecordComponent[] components, Object[] values, String path) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException invalid) {
        for (String fault : FAULTS.splitAsStream(String.valueOf(invalid.getMessage())).toList()) {
          faults.add(join(path, fault));
        }
        return null;
      }
      throw new IllegalStateException("making " + type + " failed", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("making " + type + " failed", e);
    }
  }

  static @Nullable Object defaults(Class<?> type) {
    try {
      var method = type.getDeclaredMethod("defaults");
      method.setAccessible(true);
      return method.invoke(null);
    } catch (NoSuchMethodException e) {
      return null;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + ".defaults() failed", e);
    }
  }

  static @Nullable Object call(RecordComponent component, Object record) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("reading " + component + " failed", e);
    }
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** {@code lrSchedulerType} is {@code lr_scheduler_type}. */
  static String snake(String camel) {
    return camel.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
