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
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.faults.Fault;
import org.r1zero.grpo.faults.FaultsException;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.verify.OptionValues;
import org.r1zero.verify.records.Records;

/**
 * Fills records from a tree. Keys are the components' names in snake case; the outermost record's
 * static {@code defaults()} gives what the tree leaves out, also of the sections within; without
 * one, only nullable components may be left out. The constructor checks the values. Faults are
 * collected, not thrown: a value that can't be used is replaced by its default, so that the values
 * beside it are checked too.
 */
final class RecordBinder {
  private static final int SHOWN = 100;

  private final RecipeKeys known;
  private final List<String> faults;
  private int wrongValues;

  RecordBinder(Class<?> root, List<String> faults) {
    this.known = new RecipeKeys(root);
    this.faults = faults;
  }

  /** Binds an object to a record; {@code null} where that was not possible. */
  <R> @Nullable R bind(JsonNode node, Class<R> type, String path) {
    return bind(node, type, path, defaults(type));
  }

  /**
   * The same.
   *
   * @param defaults what the record around it has in this place, so that one key of a section
   *     changes no other; {@code null} where nothing has a default
   */
  private <R> @Nullable R bind(
      JsonNode node, Class<R> type, String path, @Nullable Object defaults) {
    if (!node.isObject()) {
      fault(path.isEmpty() ? "the recipe" : path, "a mapping", node);
      return null;
    }
    RecordComponent[] components = type.getRecordComponents();
    List<String> keys = Arrays.stream(components).map(c -> snake(c.getName())).toList();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!keys.contains(field.getKey())) {
        faults.addAll(known.unknown(path, field.getKey(), field.getValue(), keys));
      }
    }
    Object[] values = new Object[components.length];
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < components.length; i++) {
      int before = wrongValues;
      values[i] =
          component(node.path(keys.get(i)), components[i], join(path, keys.get(i)), defaults);
      if (wrongValues > before) {
        wrong.add(keys.get(i));
        if (values[i] == null && defaults != null) {
          values[i] = call(components[i], defaults);
        } else if (values[i] == null) {
          return null;
        }
      }
    }
    return construct(type, components, values, path, wrong);
  }

  private @Nullable Object component(
      JsonNode value, RecordComponent component, String path, @Nullable Object defaults) {
    boolean mayBeNull = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    if (value.isMissingNode()) {
      if (defaults != null) {
        return call(component, defaults);
      }
      if (!mayBeNull) {
        faults.add(path + " is missing");
        wrongValues++;
      }
      return null;
    }
    if (value.isNull() && mayBeNull) {
      return null;
    }
    Object around = defaults == null ? null : call(component, defaults);
    return component.getType().isRecord() && around != null
        ? bind(value, component.getType(), path, around)
        : value(value, component.getGenericType(), path);
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
    } else if (raw == double.class || raw == Double.class) {
      OptionalDouble number = OptionValues.number(node);
      return number.isPresent() ? (Object) number.getAsDouble() : fault(path, "a number", node);
    } else if (raw == boolean.class) {
      Optional<Boolean> truth = OptionValues.truth(node);
      return truth.isPresent() ? truth.get() : fault(path, "true or false", node);
    } else if (raw == ComputeType.class) {
      Optional<ComputeType> named = ComputeType.named(node.asText());
      return named.isPresent() ? named.get() : fault(path, "float32 or bfloat16", node);
    } else if (raw.isEnum()) {
      return enumValue(node, raw, path);
    }
    throw new IllegalStateException("no rule binds " + type + " at " + path);
  }

  private @Nullable Object enumValue(JsonNode node, Class<?> type, String path) {
    List<String> names =
        Arrays.stream(type.getEnumConstants()).map(c -> OptionValues.name((Enum<?>) c)).toList();
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
    String shown = found.toString();
    faults.add(path + " must be " + expected + ", was " + Records.shortened(shown, SHOWN, "…"));
    wrongValues++;
    return null;
  }

  /**
   * Makes the record.
   *
   * @param wrong components that have their default in place of what the tree says: what the
   *     constructor finds about them is not the recipe's fault
   */
  private <R> @Nullable R construct(
      Class<R> type,
      RecordComponent[] components,
      Object[] values,
      String path,
      List<String> wrong) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException invalid) {
        for (Fault fault : FaultsException.of(invalid)) {
          if (wrong.stream().noneMatch(key -> mentions(fault, key))) {
            faults.add(fault.below(join(path, "")).toString());
          }
        }
        wrongValues++;
        return null;
      }
      throw new IllegalStateException("making " + type + " failed", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("making " + type + " failed", e);
    }
  }

  private static boolean mentions(Fault fault, String key) {
    return Pattern.compile("\\b" + key + "\\b").matcher(fault.toString()).find();
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

  static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** {@code lrSchedulerType} is {@code lr_scheduler_type}. */
  static String snake(String camel) {
    return camel.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
