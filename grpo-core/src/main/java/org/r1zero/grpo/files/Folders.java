package org.r1zero.grpo.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Makes, hashes and deletes folders. */
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

  /** What is in a folder. */
  @FunctionalInterface
  public interface Content {
    /**
     * Makes it.
     *
     * @param fresh does not exist yet
     */
    void make(Path fresh) throws IOException;
  }

  /**
   * Makes a folder that appears whole or not at all; until then it is beside it, as {@code
   * .NAME.partial}, which is hidden and nobody else's.
   *
   * @param target must not exist
   */
  public static void make(Path target, Content content) throws IOException {
    Path fresh = target.toAbsolutePath().resolveSibling("." + target.getFileName() + ".partial");
    delete(fresh);
    content.make(fresh);
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
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
