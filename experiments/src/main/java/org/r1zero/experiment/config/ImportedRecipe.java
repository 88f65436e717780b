package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A recipe that was made of another trainer's configuration.
 *
 * @param tool whose configuration it was: TRL or verl
 * @param recipe its keys
 * @param leftOut what has no counterpart, or can't have: one line each, with the reason
 * @param toCheck what can't be known from a configuration, one line each
 */
public record ImportedRecipe(
    String tool, ObjectNode recipe, List<String> leftOut, List<String> toCheck) {
  private static final long MOST_BYTES = 1 << 20;

  /**
   * Reads a configuration of TRL (YAML or JSON of a {@code GRPOConfig}, with the options of its
   * script beside it) or of verl (YAML, or the {@code key=value} words of a command).
   *
   * @param overrides more words such as {@code data.train_batch_size=64}, which win
   * @throws ConfigException if it is neither
   */
  public static ImportedRecipe of(Path file, List<String> overrides) {
    String text = read(file);
    Map<String, JsonNode> given = new LinkedHashMap<>();
    try {
      VerlConfig.flatten("", YamlReader.read(text), given);
    } catch (YamlReader.YamlException e) {
      given.clear(); // a command's words, perhaps
    }
    if (given.isEmpty()) {
      given.putAll(VerlConfig.words(text));
    }
    given.putAll(VerlConfig.words(String.join("\n", overrides)));
    if (given.keySet().stream().anyMatch(VerlConfig::isKey)) {
      return new VerlConfig(given).toRecipe();
    }
    Map<String, JsonNode> whole = new LinkedHashMap<>();
    try {
      YamlReader.read(text).properties().forEach(e -> whole.put(e.getKey(), e.getValue()));
    } catch (YamlReader.YamlException e) {
      throw new ConfigException(file.toString(), List.of("is not valid YAML: " + e.getMessage()));
    }
    given.keySet().stream()
        .filter(key -> !key.contains("."))
        .forEach(key -> whole.put(key, given.get(key)));
    if (whole.keySet().stream().noneMatch(TrlConfig::isKey)) {
      throw new ConfigException(
          file.toString(),
          List.of(
              "has no key of TRL's GRPOConfig, such as num_generations, and no section of verl's,"
                  + " such as actor_rollout_ref"));
    }
    return new TrlConfig(whole).toRecipe();
  }

  private static String read(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new ConfigException(
            file.toString(),
            List.of(
                String.format(
                    Locale.ROOT,
                    "must be a configuration of at most %,d bytes, has %,d",
                    MOST_BYTES,
                    Files.size(file))));
      }
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new ConfigException(file.toString(), List.of("is not a text in UTF-8"));
    } catch (IOException e) {
      throw new ConfigException(
          file.toString(),
          List.of(Files.exists(file) ? "can't be read: " + e : "there is no such file"));
    }
  }
}
