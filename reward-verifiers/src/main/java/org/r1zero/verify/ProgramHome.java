package org.r1zero.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.r1zero.verify.process.LineProcess;

/**
 * The program's own folder, so that its recipes and data are found from any working directory, and
 * the commit that it was built from. The start script sets both system properties.
 */
public final class ProgramHome {
  /** The folder that {@code recipes/} and {@code data/} are in. */
  static final String HOME = "r1zero.home";

  /** The commit, where it is not that of the checkout at {@link #HOME}. */
  static final String COMMIT = "r1zero.commit";

  private static final Duration GIT_TIME = Duration.ofSeconds(10);

  private ProgramHome() {}

  /**
   * Returns the file as it is where it exists or is absolute, otherwise the one of that name below
   * the program's folder, if there is one.
   */
  public static Path find(Path file) {
    if (file.isAbsolute() || Files.exists(file)) {
      return file;
    }
    return home().map(home -> home.resolve(file)).filter(Files::exists).orElse(file);
  }

  /** The commit, with {@code -dirty} where files were changed; empty where nobody knows. */
  public static String commit() {
    String built = System.getProperty(COMMIT, "");
    if (!built.isEmpty()) {
      return built;
    }
    String head = git("rev-parse", "HEAD");
    return head.isEmpty() || git("status", "--porcelain").isEmpty() ? head : head + "-dirty";
  }

  private static Optional<Path> home() {
    return Optional.ofNullable(System.getProperty(HOME)).map(Path::of);
  }

  /** What git prints in the program's folder, empty where there is no git or no checkout. */
  private static String git(String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    home().ifPresent(home -> command.addAll(List.of("-C", home.toString())));
    command.addAll(List.of(arguments));
    try {
      return String.join("\n", LineProcess.run(command, GIT_TIME));
    } catch (IOException e) {
      return "";
    }
  }
}
