package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Maven resolved, others' artifacts as {@code group:artifact:version}, from the lists that the
 * build writes.
 */
final class Dependencies {
  private static final Pattern RESOLVED =
      Pattern.compile(" *([^: ]+:[^: ]+):jar:(?:[^: ]+:)?([^: ]+):(?:compile|runtime).*");

  private Dependencies() {}

  /** What the program's process loads. */
  static Set<String> ofTheProgram() throws IOException {
    return resolved(Path.of("target/dependencies.txt"));
  }

  /** What the workers with Symja load besides. */
  static Set<String> ofSymja() throws IOException {
    return resolved(Path.of("../reward-verifiers/symja-libraries/target/dependencies.txt"));
  }

  private static Set<String> resolved(Path list) throws IOException {
    Set<String> artifacts = new TreeSet<>();
    for (String line : Files.readAllLines(list)) {
      Matcher matcher = RESOLVED.matcher(line);
      if (matcher.matches() && !matcher.group(1).startsWith("org.r1zero:")) {
        artifacts.add(matcher.group(1) + ":" + matcher.group(2));
      }
    }
    assertThat(artifacts).as("the list %s", list).hasSizeGreaterThan(20);
    return artifacts;
  }
}
