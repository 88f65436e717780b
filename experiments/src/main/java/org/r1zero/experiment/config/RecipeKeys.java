package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.r1zero.verify.NearestName;

/** Every key of a kind of recipe, to tell what an unknown one was meant to be. */
final class RecipeKeys {
  /** A leaf that so many sections have is meant by none of them in particular. */
  private static final int MAX_SUGGESTIONS = 3;

  private static final String REFERENCE = "r1zero explain lists all keys";

  private final List<String> paths = new ArrayList<>();

  RecipeKeys(Class<?> root) {
    collect(root, "");
  }

  /** Sections and leaves, such as {@code grpo}, {@code grpo.steps}, {@code rewards[].weight}. */
  List<String> paths() {
    return paths;
  }

  private void collect(Class<?> type, String path) {
    for (RecordComponent component : type.getRecordComponents()) {
      String key = RecordBinder.join(path, RecordBinder.snake(component.getName()));
      paths.add(key);
      Class<?> inner = component.getType();
      if (component.getGenericType() instanceof ParameterizedType list
          && list.getActualTypeArguments()[0] instanceof Class<?> element) {
        inner = element;
        key += "[]";
      }
      if (inner.isRecord()) {
        collect(inner, key);
      }
    }
  }

  /**
   * One line for an unknown key, saying what to write instead; for a section of another trainer's
   * configuration one for each of its keys.
   *
   * @param path of the section that has it
   * @param siblings the section's own keys
   */
  List<String> unknown(String path, String key, JsonNode value, List<String> siblings) {
    String full = RecordBinder.join(path, key);
    if (path.isEmpty() && value.isObject() && ForeignKeys.isSection(key)) {
      List<String> lines = new ArrayList<>();
      descend(key, value, lines);
      return lines;
    }
    return List.of("unknown key " + full + "; " + advice(full, key, siblings));
  }

  private static void descend(String path, JsonNode value, List<String> lines) {
    if (value.isObject() && !value.isEmpty()) {
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        descend(path + "." + field.getKey(), field.getValue(), lines);
      }
    } else {
      lines.add("unknown key " + path + "; " + ForeignKeys.ofSection(path));
    }
  }

  private String advice(String full, String key, List<String> siblings) {
    Optional<String> foreign = ForeignKeys.find(full, key);
    if (foreign.isPresent()) {
      return foreign.get();
    }
    String section = full.substring(0, full.length() - key.length());
    List<String> same = paths.stream().filter(p -> leaf(p).equals(key)).toList();
    if (!same.isEmpty() && same.size() <= MAX_SUGGESTIONS) {
      return "did you mean " + String.join(" or ", same) + "?";
    }
    Optional<String> inner = ForeignKeys.byLastPart(key);
    if (inner.isPresent()) {
      return inner.get();
    }
    Optional<String> near = NearestName.of(key, siblings);
    if (near.isPresent()) {
      return "did you mean " + section + near.get() + "?";
    }
    Optional<String> anywhere =
        NearestName.of(key, paths.stream().map(RecipeKeys::leaf).toList())
            .flatMap(leaf -> paths.stream().filter(p -> leaf(p).equals(leaf)).findFirst());
    return anywhere.map(p -> "did you mean " + p + "?").orElse(REFERENCE);
  }

  private static String leaf(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }
}
