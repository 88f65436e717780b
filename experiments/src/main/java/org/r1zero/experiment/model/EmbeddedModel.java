package org.r1zero.experiment.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/** The base models that ship with the command, unpacked into a folder where the loader reads it. */
final class EmbeddedModel {
  private static final String PARENT = "/org/r1zero/";

  /** The resource of each name in recipes: the base, and a smaller one of the same tokenizer. */
  private static final Map<String, String> RESOURCES =
      Map.of("embedded", "embedded-base", "embedded-small", "embedded-small");

  private static final List<String> FILES =
      List.of(
          "config.json",
          "generation_config.json",
          "model.safetensors",
          "tokenizer.json",
          "tokenizer_config.json");

  private EmbeddedModel() {}

  /** Whether a recipe's model is an embedded one. */
  static boolean isName(String model) {
    return RESOURCES.containsKey(model);
  }

  /** Unpacks a model below {@code parent} and returns its folder. */
  static Path unpack(String model, Path parent) throws IOException {
    String resource = String.valueOf(RESOURCES.get(model));
    Path folder = Files.createDirectories(parent.resolve(resource));
    for (String file : FILES) {
      // one tokenizer serves both
      String from = file.startsWith("tokenizer") ? "embedded-base" : resource;
      try (InputStream in = EmbeddedModel.class.getResourceAsStream(PARENT + from + "/" + file)) {
        if (in == null) {
          throw new IllegalStateException(
              "this build lacks " + model + "'s " + file + "; make it by r1zero make-base");
        }
        Files.copy(in, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return folder;
  }
}
