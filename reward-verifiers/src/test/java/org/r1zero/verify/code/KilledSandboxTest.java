package org.r1zero.verify.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;

/**
 * Who kills a sandbox decides: a program that kills itself is wrong, one that others kill is not.
 */
@Tag("slow")
class KilledSandboxTest {

  private static final Problem FUNCTION = CodeProblems.function("f", "assert f(2) == 4");
  private static final Problem PROGRAM = CodeProblems.program("2", "4");
  private static final String MARK = "r1zero-killed-" + ProcessHandle.current().pid();

  /** Runs long enough to be found, and shows a mark in its arguments while it does. */
  private static final String SLEEP =
      "import subprocess\nsubprocess.run(['/bin/sh', '-c', 'sleep 0.4; :', '" + MARK + "'])\n";

  private static CodeVerifier verifier;

  @BeforeAll
  static void open() {
    verifier = new CodeVerifier(CodeConfig.DEFAULT);
  }

  @AfterAll
  static void close() {
    verifier.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"worker", "init", "bubblewrap"})
  void aRightProgramThatIsKilledOnceIsRight(String victim) throws Exception {
    assertThat(killed(victim, 1, FUNCTION, "def f(x):\n  return x * x\n" + SLEEP).outcome())
        .isEqualTo(Outcome.CORRECT);
    assertThat(killed(victim, 1, PROGRAM, SLEEP + "print(int(input()) ** 2)").outcome())
        .isEqualTo(Outcome.CORRECT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"worker", "init", "bubblewrap"})
  void whatIsKilledAgainIsAnErrorAndNoWrongAnswer(String victim) throws Exception {
    Verdict function =
        killed(victim, Integer.MAX_VALUE, FUNCTION, "def f(x):\n  return x * x\n" + SLEEP);
    assertThat(function.outcome()).as("%s", function).isEqualTo(Outcome.ERROR);
    Verdict program =
        killed(victim, Integer.MAX_VALUE, PROGRAM, SLEEP + "print(int(input()) ** 2)");
    assertThat(program.outcome()).as("%s", program).isEqualTo(Outcome.ERROR);
    assertThat(program.score()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "import os\nos.kill(os.getpid(), 9)",
        "import os\nos.kill(os.getppid(), 9)\nos.kill(os.getpid(), 9)",
        "import os\nos.kill(0, 9)",
        "import os\nos.killpg(os.getpgid(0), 9)",
        "import os\nif os.fork() == 0:\n  os.kill(-1, 9)\nimport time\ntime.sleep(0.5)\n1 / 0",
        "import os, signal\nsignal.pidfd_send_signal(os.pidfd_open(os.getpid()), 9)",
        "import signal, threading\nsignal.pthread_kill(threading.get_ident(), 9)",
        "import subprocess\nsubprocess.run('kill -9 $PPID', shell=True)\nraise ValueError",
        "import ctypes, os, time\nif os.fork() == 0:\n  if os.fork() == 0:\n"
            + "    ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)\n    time.sleep(9)\n  os._exit(0)\n1 / 0",
        "import ctypes, os\nl = ctypes.CDLL(None)\n"
            + "if l.syscall(56, 9, 0, 0, 0, 0) == 0:\n  os._exit(0)\nimport time\ntime.sleep(9)",
        "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass",
        "import resource, os\nresource.prlimit(os.getpid(), resource.RLIMIT_CPU, (1, 1))\n"
            + "while True: pass",
      })
  void aProgramThatKillsItselfIsWrong(String code) {
    Verdict function = judge(FUNCTION, "def f(x):\n  return x * x\n" + code);
    assertThat(function.outcome()).as("%s", function).isIn(Outcome.INCORRECT, Outcome.TIMEOUT);
    Verdict program = judge(PROGRAM, code + "\nprint(4)");
    assertThat(program.outcome()).as("%s", program).isIn(Outcome.INCORRECT, Outcome.TIMEOUT);
  }

  @Test
  void aProgramMayKillItsOwnChildren() {
    String code =
        "import subprocess\np = subprocess.Popen(['sleep', '99'])\np.kill()\nassert p.wait() == -9\n";
    assertThat(judge(FUNCTION, code + "def f(x):\n  return x * x").outcome())
        .isEqualTo(Outcome.CORRECT);
    assertThat(judge(PROGRAM, code + "print(int(input()) ** 2)").outcome())
        .isEqualTo(Outcome.CORRECT);
  }

  @Test
  void memoryThatRunsOutIsTheProgramsFault() {
    String code = "x = []\nwhile True: x.append(bytearray(1 << 20))\n";
    assertThat(judge(FUNCTION, code).outcome()).isEqualTo(Outcome.INCORRECT);
    String tree = "import os\nfor _ in range(4): os.fork()\nx = bytearray(100 << 20)\n";
    assertThat(judge(FUNCTION, tree + code).outcome()).isIn(Outcome.INCORRECT, Outcome.TIMEOUT);
  }

  /** Judges a program whose sandbox is killed a number of times when it shows its mark. */
  private static Verdict killed(String victim, int times, Problem problem, String code)
      throws InterruptedException {
    AtomicInteger kills = new AtomicInteger();
    Thread killer =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                for (ProcessHandle found :
                    kills.get() < times ? marked() : List.<ProcessHandle>of()) {
                  if (kill(found, victim)) {
                    kills.incrementAndGet();
                  }
                }
              }
            });
    killer.start();
    Verdict verdict;
    try {
      verdict = judge(problem, code);
    } finally {
      killer.interrupt();
      killer.join(); // the verdict may be there before the last kill is counted
    }
    assertThat(kills.get()).isGreaterThanOrEqualTo(Math.min(times, 2));
    return verdict;
  }

  /** Kills a process above the marked one: the highest Python, bubblewrap's first or second. */
  private static boolean kill(ProcessHandle marked, String victim) {
    List<ProcessHandle> above =
        Stream.iterate(marked, p -> p.parent().orElse(null)).takeWhile(p -> p != null).toList();
    List<ProcessHandle> bubblewrap =
        above.stream().filter(p -> p.info().command().orElse("").endsWith("bwrap")).toList();
    if (bubblewrap.size() < 2) {
      return false;
    }
    int init = above.indexOf(bubblewrap.get(0));
    return switch (victim) {
      case "worker" -> above.get(init - 1).destroyForcibly();
      case "init" -> bubblewrap.get(0).destroyForcibly();
      default -> bubblewrap.get(1).destroyForcibly();
    };
  }

  private static List<ProcessHandle> marked() {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(p -> p.getFileName().toString().matches("\\d+"))
          .filter(KilledSandboxTest::isMarked)
          .flatMap(p -> ProcessHandle.of(Long.parseLong(p.getFileName().toString())).stream())
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static boolean isMarked(Path process) {
    try {
      String command = Files.readString(process.resolve("cmdline"));
      return command.startsWith("/bin/sh\0") && command.contains(MARK);
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  private static Verdict judge(Problem problem, String code) {
    return verifier.verify(problem, Completion.of(CodeProblems.fenced(code)));
  }
}
