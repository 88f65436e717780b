package org.r1zero.experiment.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The base model that ships with the command, unpacked into a folder where the loader reads it. */
final class EmbeddedModel {
  /** Its name in recipes. */
  static final String NAME = "embedded";

  private static final String RESOURCE = "/org/r1zero/embedded-base/";
  private static final List<String> FILES =
      List.of(
          "config.json",
          "generation_config.json",
          "model.safetensors",
          "tokenizer.json",
          "tokenizer_config.json");

  private EmbeddedModel() {}

  /** Unpacks it below {@code parent} and returns its folder. */
  static Path unpack(Path parent) throws IOException {
    Path folder = Files.createDirectories(parent.resolve("embedded-base"));
    for (String file : FILES) {
      try (InputStream in = EmbeddedModel.class.getResourceAsStream(RESOURCE + file)) {
        if (in == null) {
          throw new IllegalStateException(
              "this build lacks the embedded model's " + file + "; make it by r1zero make-base");
        }
        Files.copy(in, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return folder;
  }
}
