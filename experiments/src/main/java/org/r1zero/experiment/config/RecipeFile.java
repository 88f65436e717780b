package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.verify.ProgramHome;

/**
 * Reads one file of a recipe. A key {@code extends} names another one, relative to this, that it is
 * laid over.
 */
final class RecipeFile {
  private static final String EXTENDS = "extends";
  private static final long MAX_BYTES = 1 << 20;

  private RecipeFile() {}

  static ObjectNode read(Path file) {
    return read(ProgramHome.find(file), List.of());
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
    if (Files.isDirectory(file)) {
      throw new ConfigException(file.toString(), List.of(folder(file)));
    }
    if (!Files.isRegularFile(file)) {
      throw new ConfigException(
          file.toString(), List.of("there is no such file; recipes/ holds ready ones"));
    }
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new ConfigException(
            file.toString(),
            List.of(
                "has "
                    + Files.size(file)
                    + " bytes; a recipe has at most "
                    + MAX_BYTES
                    + ": is this the right file?"));
      }
      JsonNode node = YamlReader.read(Files.readString(file));
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw new ConfigException(file.toString(), List.of("a recipe is a mapping of keys"));
    } catch (YamlReader.YamlException e) {
      throw new ConfigException(file.toString(), List.of("is not valid YAML: " + e.getMessage()));
    } catch (CharacterCodingException e) {
      throw new ConfigException(file.toString(), List.of("is not a text in UTF-8"));
    } catch (IOException e) {
      throw new ConfigException(file.toString(), List.of("can't be read: " + e));
    }
  }

  /** What a folder in a recipe's place is likely to be, and what to do with it. */
  private static String folder(Path folder) {
    if (Files.isRegularFile(folder.resolve("recipe.yaml"))) {
      return String.format(
          "is the folder of a run; resume it by r1zero train --resume %s, or use its recipe %s",
          folder, folder.resolve("recipe.yaml"));
    }
    if (Files.isRegularFile(folder.resolve("config.json"))) {
      return "is a model's folder; name a recipe, and the model by --set model=" + folder;
    }
    return "is a folder; name a recipe's file, such as those in recipes/";
  }
}
