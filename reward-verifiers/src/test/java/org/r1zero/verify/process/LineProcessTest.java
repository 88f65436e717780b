package org.r1zero.verify.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.verify.process.EndedException.End;

@Tag("slow")
@Timeout(60)
class LineProcessTest {
  private static final int LINE = 1 << 16;
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300);

  /** Seconds that nobody else sleeps: what an interrupted run of this test left is not counted. */
  private static final String MARK = "97531" + ProcessHandle.current().pid();

  @Test
  void answersLineByLine() throws Exception {
    try (LineProcess cat = shell("while read -r line; do echo \"<$line>\"; done; echo over")) {
      for (String line : List.of("one", "", "zwölf")) {
        cat.send(line.getBytes(StandardCharsets.UTF_8));
        assertThat(text(cat.receive(LONG))).isEqualTo("<" + line + ">");
      }
      assertThat(cat.poll(SHORT)).isNull();
      assertThat(cat.isAlive()).isTrue();
      cat.closeInput();
      assertThat(text(cat.receive(LONG))).isEqualTo("over");
      assertEnds(() -> cat.receive(LONG), End.EXITED, "ended with exit code 0");
      assertEnds(() -> cat.poll(LONG), End.EXITED, "ended with exit code 0");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '^',
      textBlock =
          """
          echo first >&2; echo last >&2; exit 3  ^ EXITED   ^ ended with exit code 3, saying: first | last
          kill -9 $$                             ^ EXITED   ^ was ended by signal 9
          exec >&-; sleep 97531                  ^ EXITED   ^ closed its output
          exec <&-; exec sleep 97531             ^ EXITED   ^ was ended by signal 9
          sleep 97531 & sleep 97531              ^ TIMEOUT  ^ took longer than allowed
          head -c 70000 /dev/zero; sleep 97531   ^ TOO_LONG ^ wrote a line longer than 65536 bytes
          head -c 70000 /dev/zero                ^ TOO_LONG ^ wrote a line longer than 65536 bytes
          printf half                            ^ EXITED   ^ ended with exit code 0
          """)
  void saysWhyThereIsNoLine(String script, End end, String message) throws Exception {
    try (LineProcess process = shell(script)) {
      process.send("x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8));
      assertEnds(() -> process.receive(SHORT.multipliedBy(10)), end, message);
    }
    awaitNone(MARK);
  }

  /** One that left its parent's tree is not found, but nobody waits for it. */
  @Test
  void whoHoldsTheOutputOfADeadTreeIsNotWaitedFor() throws Exception {
    long start = System.nanoTime();
    try (LineProcess process = shell("(setsid sleep 3 &) ; exit 0")) {
      assertThatThrownBy(() -> process.receive(SHORT)).isInstanceOf(EndedException.class);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(2900));
  }

  @Test
  void errorsWithoutEndHoldUpNothing() throws Exception {
    try (LineProcess process = shell("yes 0123456789 | head -c 9999999 >&2; echo answer")) {
      assertThat(text(process.receive(LONG))).isEqualTo("answer");
      assertThat(process.lastWords().length()).isLessThan(1500);
    }
  }

  @Test
  void anInterruptedThreadKillsWhatItWaitsFor() throws Exception {
    try (LineProcess process = shell("exec sleep 97532")) {
      Thread.currentThread().interrupt();
      assertEnds(() -> process.receive(LONG), End.INTERRUPTED, "the thread was interrupted");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(process.awaitEnd(LONG)).isTrue();
    }
  }

  @Test
  void aKillEndsTheWaitOfAnotherThread() throws Exception {
    try (LineProcess process = shell("exec sleep 97533")) {
      Thread killer =
          new Thread(
              () -> {
                try {
                  Thread.sleep(SHORT.toMillis());
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                process.kill();
              });
      killer.start();
      assertThatThrownBy(() -> process.receive(LONG))
          .isInstanceOfSatisfying(
              EndedException.class, e -> assertThat(e.end()).isEqualTo(End.EXITED));
      killer.join();
    }
  }

  @Test
  void runsAProgramOnce() throws Exception {
    assertThat(LineProcess.run(List.of("sh", "-c", "cat; echo a; echo b"), LONG))
        .containsExactly("a", "b");
    assertThatThrownBy(() -> LineProcess.run(List.of("sh", "-c", "echo no >&2; exit 2"), LONG))
        .isInstanceOf(IOException.class)
        .hasMessage("sh ended with exit code 2, saying: no");
    assertThatThrownBy(() -> LineProcess.run(List.of("sleep", "97534"), SHORT))
        .hasMessage("sleep took longer than allowed");
    assertThatThrownBy(() -> LineProcess.run(List.of("/no/such"), LONG))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/no/such");
    awaitNone("97534");
  }

  /** Those that were started end with the JVM, though they do not look at their input. */
  @Test
  void noneOutlivesTheJvm() throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Leaves.class.getName());
    assertThat(LineProcess.run(command, LONG)).containsExactly("started");
    awaitNone("97535");
  }

  /** Starts a process, and ends. */
  static final class Leaves {
    private Leaves() {}

    public static void main(String[] args) throws Exception {
      LineProcess process = shell("sleep 97535 & echo started; sleep 97535");
      System.out.println(text(process.receive(LONG)));
    }
  }

  private static LineProcess shell(String script) throws IOException {
    return LineProcess.start(List.of("sh", "-c", script.replace("97531", MARK)), LINE);
  }

  private static String text(byte[] line) {
    return new String(line, StandardCharsets.UTF_8);
  }

  private static void assertEnds(ThrowingCallable call, End end, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            EndedException.class,
            e -> {
              assertThat(e.end()).as(e.how()).isEqualTo(end);
              assertThat(e.how()).contains(message);
            });
  }

  /** A killed process takes a moment to go. */
  private static void awaitNone(String mark) throws InterruptedException {
    for (int i = 0; i < 100 && running(mark) > 0; i++) {
      Thread.sleep(50);
    }
    assertThat(running(mark)).as("processes left").isZero();
  }

  private static long running(String mark) {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").endsWith("sleep " + mark))
        .count();
  }
}
