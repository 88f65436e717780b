package org.r1zero.experiment.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads one file of a recipe. A key {@code extends} names another one, relative to this, that it is
 * laid over.
 */
final class RecipeFile {
  private static final String EXTENDS = "extends";

  private RecipeFile() {}

  static ObjectNode read(Path file) {
    return read(file, List.of());
  }

  private static ObjectNode read(Path file, List<Path> extending) {
    Path place = file.toAbsolutePath().normalize();
    if (extending.contains(place)) {
      throw new ConfigException(
          file.toString(), List.of("extends must not come back to a file that extends this one"));
    }
    ObjectNode tree = own(file);
    JsonNode base = tree.remove(EXTENDS);
    if (base == null) {
      return tree;
    }
    if (!base.isTextual()) {
      throw new ConfigException(
          file.toString(),
          List.of("extends must be a recipe's file, such as r1.yaml, was " + base));
    }
    List<Path> all = new ArrayList<>(extending);
    all.add(place);
    ObjectNode extended = read(file.resolveSibling(base.asText()), all);
    RecipeLoader.merge(extended, tree, file.toString());
    return extended;
  }

  private static ObjectNode own(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ConfigException(
          file.toString(), List.of("there is no such file; recipes/ holds ready ones"));
    }
    try {
      JsonNode node = RecipeLoader.YAML.readTree(file.toFile());
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw new ConfigException(file.toString(), List.of("a recipe is a mapping of keys"));
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
      throw new ConfigException(file.toString(), List.of("is no YAML: " + where + problem(e)));
    } catch (IOException e) {
      throw new ConfigException(file.toString(), List.of("can't be read: " + e));
    }
  }

  /** The fault itself: SnakeYAML tells it last, in a line of its own, among shown source lines. */
  private static String problem(JsonProcessingException fault) {
    String message = fault.getOriginalMessage();
    return message
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith(" "))
        .reduce((first, second) -> second)
        .orElse(message);
  }
}
