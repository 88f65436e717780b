package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Elements of a recipe's lists by name, so that a file or a setting changes one and leaves the
 * others: stages and arms by their {@code name}, rewards and other verifiers by their {@code
 * verifier}, any by its place from 0.
 */
final class NamedElements {
  private static final List<String> NAMES = List.of("name", "verifier");

  private NamedElements() {}

  /** The element of that name or place, or null and a fault that says which there are. */
  static @Nullable JsonNode find(ArrayNode list, String listKey, String key, List<String> faults) {
    List<String> known = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      String name = name(list.get(i), i);
      if (key.equals(name) || key.equals(String.valueOf(i))) {
        return list.get(i);
      }
      known.add(name);
    }
    faults.add(String.format("%s has no %s; it has %s", listKey, key, String.join(", ", known)));
    return null;
  }

  private static String name(JsonNode element, int place) {
    return NAMES.stream()
        .map(element::path)
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .findFirst()
        .orElse(String.valueOf(place));
  }
}
