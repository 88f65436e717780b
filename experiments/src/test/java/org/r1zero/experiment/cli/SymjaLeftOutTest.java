package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command in a process of its own, with the program's class path and no folder of Symja's. */
@Tag("slow")
class SymjaLeftOutTest {
  private static final long LIMIT_SECONDS = 120;

  /** Equal only by an identity that the exact form does not know, and different. */
  private static final List<String> ANSWERS =
      List.of(
          record("sin(2*x)", "2*sin(x)*cos(x)", 1),
          record("sin(2*x)", "2*sin(x)", 0),
          record("\\\\frac{1}{2}", "0.5", 1));

  @TempDir private Path folder;
  private Path answers;

  private static String record(String gold, String answer, int expected) {
    return "{\"id\": \"%s\", \"gold\": \"%s\", \"completion\": \"<answer>%s</answer>\", \"expected\": %d}"
        .formatted(answer, gold, answer, expected);
  }

  @BeforeEach
  void write() throws IOException {
    answers = Files.write(folder.resolve("answers.jsonl"), ANSWERS);
  }

  @Test
  void symbolicFalseNeedsNoSymja() throws Exception {
    String said = verify("{\"symbolic\": false}");
    assertThat(said).contains("\"agreed\":3").doesNotContain("Symja");
  }

  @Test
  void otherwiseItIsSaidAndSamplePointsDecide() throws Exception {
    assertThat(verify("{}"))
        .contains("\"agreed\":3")
        .containsOnlyOnce("Symja was left out of this program");
  }

  private String verify(String options) throws Exception {
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                programsClassPath(),
                Main.class.getName(),
                "verify",
                answers.toString(),
                "--verifier",
                "math",
                "--options",
                options,
                "--json")
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(said);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  /** This class path without what Maven did not resolve for the program itself. */
  private static String programsClassPath() throws IOException {
    Set<String> jars = new TreeSet<>();
    for (String artifact : Dependencies.ofTheProgram()) {
      String[] parts = artifact.split(":", -1);
      jars.add(parts[1] + "-" + parts[2]);
    }
    List<String> kept = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      String name = String.valueOf(Path.of(entry).getFileName());
      if (!entry.contains("/.m2/") || jars.stream().anyMatch(name::startsWith)) {
        kept.add(entry);
      }
    }
    return String.join(File.pathSeparator, kept);
  }
}
