package org.r1zero.grpo.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Hashes and deletes folders. */
public final class Folders {
  private Folders() {}

  /** The SHA-256 of a file, or of all files of a folder with their names, in hexadecimal. */
  public static String hash(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return Hashes.sha256(path);
    }
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        all.append(path.relativize(file)).append(' ').append(Hashes.sha256(file)).append('\n');
      }
    }
    return Hashes.sha256(all.toString());
  }

  /** Deletes a folder with all that is in it, where it exists; links are not followed. */
  public static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      List<Path> all;
      try (Stream<Path> files = Files.walk(folder)) {
        all = files.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path file : all) {
        Files.deleteIfExists(file);
      }
    }
  }
}
