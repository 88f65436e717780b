package org.r1zero.verify.math.symja;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import org.r1zero.verify.ChildClassPath;

/**
 * Where the workers' Symja is. It and what it needs lie in a folder {@code symja} beside the folder
 * of this program's jars, never in this process's class path: their licences (LGPL) stay with
 * processes that talk over a pipe, and who wants none of it removes the folder.
 */
final class SymjaClassPath {
  private static final String SYMJA = "org/matheclipse/core/eval/ExprEvaluator.class";
  private static final String FOLDER = "symja";

  private SymjaClassPath() {}

  /** The workers' class path; empty where there is no Symja. */
  static Optional<String> find() {
    String own = ChildClassPath.of(SymjaClassPath.class);
    Optional<Path> folder = beside(SymjaClassPath.class);
    if (folder.isPresent()) {
      return Optional.of(own + File.pathSeparator + folder.get().resolve("*"));
    }
    boolean included = SymjaClassPath.class.getClassLoader().getResource(SYMJA) != null;
    return included ? Optional.of(own) : Optional.empty();
  }

  private static Optional<Path> beside(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null) {
      return Optional.empty();
    }
    try {
      Path jar = Path.of(source.getLocation().toURI());
      return Optional.ofNullable(jar.getParent())
          .map(lib -> lib.resolveSibling(FOLDER))
          .filter(Files::isDirectory);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
