package org.r1zero.verify.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.sandbox.SandboxLimits;

/**
 * Programs that attack the judge, the sandbox or this machine: each scores 0, is over in time, and
 * leaves no process and no file. Needs bubblewrap, and fails with its installation hint without it.
 */
@Tag("slow")
class AttackTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(4);

  /** What a verdict may take beyond its timeout, on a machine that is busy with other builds. */
  private static final Duration SLACK = Duration.ofSeconds(8);

  private static final SandboxLimits LIMITS =
      new SandboxLimits(Duration.ofSeconds(2), 256L << 20, 32, 16L << 20, 8 << 20);

  private static final String MARK = "r1zero-attack-was-here";

  private static final Problem FUNCTION =
      CodeProblems.function(
          "secret",
          """
          def check(candidate):
              assert candidate(12) == 84729
              assert candidate(13) == 91403
          """);

  private static final Problem PROGRAM =
      CodeProblems.program("12 84717\n", "84729\n", "1 2 3\n", "6\n", "5\n", "5\n");

  private static Set<Path> before;
  private static CodeVerifier verifier;
  private static Path harness;

  @BeforeAll
  static void open() throws IOException {
    before = temporaryFiles();
    verifier = new CodeVerifier(CodeConfig.DEFAULT.withLimits(TIMEOUT, LIMITS));
    Set<Path> ours = temporaryFiles();
    ours.removeAll(before);
    harness =
        ours.stream().filter(p -> Files.exists(p.resolve("worker.pyc"))).findFirst().orElseThrow();
  }

  /** What is left when all is closed. */
  @AfterAll
  static void leavesNothing() throws Exception {
    verifier.close();
    for (int tries = 0; tries < 100 && !sandboxed().isEmpty(); tries++) {
      Thread.sleep(100);
    }
    assertThat(sandboxed()).as("processes left").isEmpty();
    Set<Path> after = temporaryFiles();
    after.removeAll(before);
    assertThat(after).as("temporary files left").isEmpty();
    for (String folder :
        List.of(
            "/",
            "/tmp",
            "/var/tmp",
            "/dev/shm",
            "/root",
            "/usr",
            System.getProperty("user.home"),
            ".")) {
      assertThat(Files.exists(Path.of(folder, MARK))).as(folder).isFalse();
    }
  }

  @TestFactory
  Stream<DynamicTest> functionAttacksScoreNothing() throws IOException {
    return attacks("function-attacks.txt", 80, FUNCTION);
  }

  @TestFactory
  Stream<DynamicTest> programAttacksScoreNothing() throws IOException {
    return attacks("program-attacks.txt", 25, PROGRAM);
  }

  @Test
  void rightProgramsPassUnderTheSameLimits() throws IOException {
    String function = "def secret(n):\n    return {12: 84729, 13: 91403}[n]\n";
    String program = "print(sum(map(int, input().split())))\n";
    assertThat(verifier.verify(FUNCTION, Completion.of(function)).outcome())
        .isEqualTo(Outcome.CORRECT);
    assertThat(verifier.verify(PROGRAM, Completion.of(program)).outcome())
        .isEqualTo(Outcome.CORRECT);
    assertThat(sandboxed()).as("what waits, seen by the way that later sees nothing").isNotEmpty();
  }

  private static Stream<DynamicTest> attacks(String file, int atLeast, Problem problem)
      throws IOException {
    Map<String, String> attacks = read(file);
    assertThat(attacks).hasSizeGreaterThanOrEqualTo(atLeast);
    return attacks.entrySet().stream()
        .map(
            attack ->
                DynamicTest.dynamicTest(
                    attack.getKey(), () -> scoresNothingInTime(problem, attack.getValue())));
  }

  private static void scoresNothingInTime(Problem problem, String code) {
    long start = System.nanoTime();
    Verdict verdict = verifier.verify(problem, Completion.of(CodeProblems.fenced(code)));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(verdict.score()).as("%s", verdict).isZero();
    assertThat(verdict.outcome())
        .as("%s", verdict)
        .isIn(Outcome.INCORRECT, Outcome.TIMEOUT, Outcome.UNPARSEABLE);
    assertThat(took).as("%s", verdict).isLessThan(TIMEOUT.plus(SLACK));
  }

  /** Programs by name: each begins with a line {@code #: name}. */
  private static Map<String, String> read(String file) throws IOException {
    Map<String, String> attacks = new LinkedHashMap<>();
    try (InputStream in = AttackTest.class.getResourceAsStream(file)) {
      assertThat(in).as(file).isNotNull();
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String part : text.split("(?m)^#: ", -1)) {
        int line = part.indexOf('\n');
        if (line > 0) {
          assertThat(attacks.put(part.substring(0, line), part.substring(line + 1))).isNull();
        }
      }
    }
    return attacks;
  }

  private static Set<Path> temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(
              p ->
                  p.getFileName()
                      .toString()
                      .startsWith("r1zero-sandbox-" + ProcessHandle.current().pid()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** All processes that see our harness among their mounts: those in our sandboxes. */
  private static List<String> sandboxed() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : processes.toList()) {
        try {
          if (Files.readString(process.resolve("mountinfo")).contains(harness.toString())) {
            found.add(
                process + " " + Files.readString(process.resolve("cmdline")).replace('\0', ' '));
          }
        } catch (IOException e) {
          // no process, or one that has ended
        }
      }
    }
    return found;
  }
}
