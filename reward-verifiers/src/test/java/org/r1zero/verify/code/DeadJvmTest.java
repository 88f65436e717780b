package org.r1zero.verify.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.verify.Completion;

/** A JVM that is killed takes its sandboxes with it. */
@Tag("slow")
class DeadJvmTest {

  @TempDir Path folder;

  private static final String MARK = "r1zero-dead-jvm-" + ProcessHandle.current().pid();

  /** Judges a program that does not end by itself: the JVM that the test kills. */
  static final class Victim {

    private Victim() {}

    /** Takes the mark that the program shows in its arguments. */
    public static void main(String[] args) {
      try (CodeVerifier verifier = new CodeVerifier(CodeConfig.DEFAULT)) {
        String code =
            "import os, time\nfor i in range(3):\n  if os.fork() == 0:\n    os.setsid()\n"
                + "    os.execv('/bin/sh', ['sh', '-c', 'sleep 1000; :', '"
                + args[0]
                + "'])\ntime.sleep(1000)\n";
        verifier.verify(
            CodeProblems.function("f", "assert f()"), Completion.of(CodeProblems.fenced(code)));
      }
    }
  }

  @Test
  void leavesNoProcessWhenTheJvmIsKilled() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-Djava.io.tmpdir=" + folder, // it can't delete its files when it is killed
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                MARK)
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8))) {
      int started = marked(); // a shell that forks counts twice for a moment
      for (int i = 0; i < 300 && started < 3 && jvm.isAlive(); i++) {
        Thread.sleep(20);
        started = marked();
      }
      assertThat(started)
          .as(() -> "started; the JVM says " + said(output))
          .isGreaterThanOrEqualTo(3);
      jvm.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      for (int i = 0; i < 300 && marked() > 0; i++) {
        Thread.sleep(20);
      }
      assertThat(marked()).isZero();
    } finally {
      jvm.destroyForcibly();
    }
  }

  private static String said(BufferedReader output) {
    try {
      return output.ready() ? String.valueOf(output.readLine()) : "nothing";
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static int marked() throws IOException {
    int count = 0;
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : processes.toList()) {
        try {
          String command = Files.readString(process.resolve("cmdline"));
          if (command.startsWith("sh\0") && command.contains(MARK)) {
            count++;
          }
        } catch (IOException e) {
          // no process, or one that has ended
        }
      }
    }
    return count;
  }
}
