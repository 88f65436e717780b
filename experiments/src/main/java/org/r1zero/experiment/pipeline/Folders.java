package org.r1zero.experiment.pipeline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.r1zero.coldstart.curate.Hashes;

/** Hashes and deletes folders. */
final class Folders {
  private Folders() {}

  /** The SHA-256 of a file, or of all files of a folder with their names. */
  static String hash(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return Hashes.sha256(path);
    }
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        all.append(path.relativize(file)).append(' ').append(Hashes.sha256(file)).append('\n');
      }
    }
    return Hashes.sha256(all.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Deletes a folder with all that is in it, where it exists. */
  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      List<Path> all;
      try (Stream<Path> files = Files.walk(folder)) {
        all = files.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path file : all) {
        Files.delete(file);
      }
    }
  }
}
