package org.r1zero.verify;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Arrays;

/** The class path of a child JVM that runs classes of this program. */
public final class ChildClassPath {
  private ChildClassPath() {}

  /**
   * The class path of this process. Where a class came in another way, as under spark-submit, what
   * lies beside its jar goes first.
   *
   * @param type that the child runs
   */
  public static String of(Class<?> type) {
    String own = System.getProperty("java.class.path");
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null) {
      return own;
    }
    Path place;
    try {
      place = Path.of(source.getLocation().toURI());
    } catch (URISyntaxException e) {
      return own;
    }
    boolean listed =
        Arrays.stream(own.split(File.pathSeparator, -1))
            .anyMatch(entry -> Path.of(entry).toAbsolutePath().equals(place.toAbsolutePath()));
    if (listed) {
      return own;
    }
    Path first = Files.isDirectory(place) ? place : place.resolveSibling("*");
    return first + File.pathSeparator + own;
  }
}
