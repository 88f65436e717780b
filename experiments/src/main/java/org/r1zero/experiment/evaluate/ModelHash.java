package org.r1zero.experiment.evaluate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.r1zero.grpo.files.Hashes;

/** SHA-256 of models, in hexadecimal. */
public final class ModelHash {
  private ModelHash() {}

  /** Of a model's folder: the names and bytes of its weights and JSON files. */
  public static String of(Path folder) throws IOException {
    MessageDigest digest = Hashes.digest();
    for (Path file : files(folder)) {
      digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
      Hashes.add(digest, file);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.toString().matches(".*\\.(safetensors|json|jinja)"))
          .sorted()
          .toList();
    }
  }
}
