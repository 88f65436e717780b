package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.RecipeLoader;

/** Recipes, and the keys in which each differs from the first. */
final class RecipeDifferences {
  private RecipeDifferences() {}

  /**
   * A recipe.
   *
   * @param name of what it made
   * @param file where it was read
   * @param yaml its keys
   */
  record Named(String name, String file, String yaml) {}

  static void write(HtmlPage page, List<Named> recipes) {
    page.heading("recipes", "Recipes");
    if (recipes.size() > 1) {
      page.text(
          "Keys in which a recipe differs from the first one: - is the first one's, + its own. Then"
              + " the whole.");
    }
    for (Named recipe : recipes) {
      page.add(Html.of("h3", recipe.name(), " ", Html.of("span.soft", recipe.file())));
      List<Html> lines =
          between(recipes.get(0), recipe).stream()
              .map(line -> Html.of(line.startsWith("-") ? "span.bad" : "span.good", line))
              .map(line -> Html.all(line, "\n"))
              .toList();
      if (!lines.isEmpty()) {
        page.add(
            Html.of("pre.difference", lines)
                .with("tabindex", "0")
                .with("role", "region")
                .with("aria-label", "Differences of " + recipe.name()));
      }
      page.add(HtmlPage.details("The whole recipe", Html.of("pre", recipe.yaml())));
    }
  }

  /** The keys that differ, in their order: the first one's value after -, the second's after +. */
  static List<String> between(Named first, Named second) {
    Map<String, String> one = flat(first.yaml());
    Map<String, String> other = flat(second.yaml());
    Set<String> keys = new LinkedHashSet<>(one.keySet());
    keys.addAll(other.keySet());
    List<String> lines = new ArrayList<>();
    for (String key : keys) {
      if (!Objects.equals(one.get(key), other.get(key))) {
        add(lines, "- ", key, one.get(key));
        add(lines, "+ ", key, other.get(key));
      }
    }
    return lines;
  }

  private static void add(List<String> lines, String sign, String key, @Nullable String value) {
    if (value != null) {
      lines.add(sign + key + ": " + value);
    }
  }

  /**
   * Every value under its whole key; an item of a list is named by its name, otherwise its number.
   */
  private static Map<String, String> flat(String yaml) {
    Map<String, String> values = new LinkedHashMap<>();
    flatten("", RecipeLoader.parse(yaml), values);
    return values;
  }

  private static void flatten(String key, JsonNode node, Map<String, String> values) {
    if (node.isObject() && !node.isEmpty()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        flatten(
            key.isEmpty() ? field.getKey() : key + "." + field.getKey(), field.getValue(), values);
      }
    } else if (node.isArray() && node.path(0).isObject()) {
      for (int i = 0; i < node.size(); i++) {
        JsonNode item = node.path(i);
        String named = item.has("name") ? "name" : item.has("verifier") ? "verifier" : "";
        String name = named.isEmpty() ? Integer.toString(i) : item.path(named).asText();
        ObjectNode rest = item.deepCopy();
        rest.remove(named);
        flatten(key + "." + name, rest, values);
      }
    } else {
      values.put(key, node.isValueNode() ? node.asText() : node.toString());
    }
  }
}
