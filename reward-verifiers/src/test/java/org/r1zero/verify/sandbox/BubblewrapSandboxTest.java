package org.r1zero.verify.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.sandbox.SandboxException.Kind;

/** What a shell finds inside. Needs bubblewrap, and fails with its installation hint without it. */
@Tag("slow")
class BubblewrapSandboxTest {

  private static final SandboxLimits LIMITS =
      new SandboxLimits(Duration.ofSeconds(2), 256L << 20, 16, 1 << 20, 1 << 12);

  private static BubblewrapSandbox sandbox;

  @BeforeAll
  static void open() {
    sandbox = BubblewrapSandbox.open();
  }

  @AfterAll
  static void close() {
    sandbox.close();
  }

  @Test
  void showsTheSystemAndNothingElse() throws SandboxException {
    assertThat(output("for f in /*; do printf '%s ' $f; done; echo"))
        .matches("(/bin |/dev |/etc |/lib |/lib32 |/lib64 |/proc |/sbin |/tmp |/usr )+");
    assertThat(output("echo /etc/* /tmp/* /dev/*"))
        .isEqualTo(
            "/etc/ld.so.cache /etc/passwd /tmp/* /dev/fd /dev/null /dev/random /dev/shm /dev/stderr"
                + " /dev/stdin /dev/stdout /dev/urandom /dev/zero");
    assertThat(output("cat /etc/passwd")).isEqualTo("nobody:x:65534:65534:nobody:/tmp:/bin/sh");
    assertThat(output("tr '\\0' ' ' </proc/1/environ | grep -c PWD")).isEqualTo("0");
  }

  @Test
  void writesNowhereButInTheTemporaryFolder() throws SandboxException {
    assertThat(
            output(
                "for d in / /usr /etc /dev /proc /tmp; do"
                    + " touch $d/x 2>/dev/null && printf '%s ' $d; done; echo"))
        .isEqualTo("/tmp ");
    assertThat(output("dd if=/dev/zero of=/tmp/x bs=1k count=4000 2>/dev/null; wc -c </tmp/x"))
        .isEqualTo("1048576");
  }

  @Test
  void hasNoPrivilegeNoNetworkAndAnEnvironmentOfItsOwn() throws SandboxException {
    assertThat(output("id -u")).isEqualTo("65534");
    assertThat(output("grep CapBnd /proc/self/status")).endsWith("0000000000000000");
    assertThat(output("grep NoNewPrivs /proc/self/status")).endsWith("1");
    assertThat(output("grep Seccomp: /proc/self/status")).endsWith("2");
    assertThat(output("tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ' | tr '\\n' ' '; echo"))
        .isEqualTo("lo ");
    assertThat(output("env -u PWD -u OLDPWD | cut -d= -f1 | sort | tr '\\n' ' '; echo"))
        .isEqualTo("HOME LANG MALLOC_ARENA_MAX PATH PYTHONHASHSEED ");
    assertThat(output("hostname")).isEqualTo("sandbox");
  }

  @Test
  void holdsToItsLimits() throws SandboxException {
    assertThat(
            output(
                "grep -E 'cpu|processes|open|core|address' /proc/self/limits"
                    + " | sed -E 's/^Max ([a-z]+)[^0-9]* ([0-9]+) +[0-9]+ .*/\\1 \\2/' | sort",
                5))
        .containsExactly("address 268435456", "core 0", "cpu 2", "open 64", "processes 16");
    assertThat(
            output(
                "(sleep 9 & sleep 9 & sleep 9 & sleep 9 & sleep 9 & sleep 9 & sleep 9 &"
                    + " sleep 9 & sleep 9 & sleep 9 & sleep 9 & sleep 9 & sleep 9 & sleep 9 & sleep 9 &"
                    + " sleep 9 & sleep 9 &) 2>&1 | head -1"))
        .contains("Cannot fork");
  }

  @Test
  void endsWhatRunsTooLong() {
    assertThatThrownBy(() -> output("sleep 100"))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT));
    assertThatThrownBy(() -> output("while :; do :; done"))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.kind()).isIn(Kind.CPU_TIME, Kind.TIMEOUT));
  }

  @Test
  void saysWhyThereIsNoLine() {
    assertThatThrownBy(() -> output("exit 3"))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.kind()).isEqualTo(Kind.ENDED));
    // whether it still runs when the line is read, or has ended
    for (String script : List.of("head -c 9999 /dev/zero; sleep 9", "head -c 9999 /dev/zero")) {
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(() -> output(script))
            .isInstanceOfSatisfying(
                SandboxException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LONG));
      }
    }
    assertThatThrownBy(
            () -> {
              SandboxedCommand command =
                  new SandboxedCommand(List.of("/no/such"), Map.of(), LIMITS);
              try (SandboxProcess process = sandbox.start(command)) {
                process.awaitReady();
              }
            })
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("/no/such");
  }

  @Test
  void leavesNoProcessWhenItIsClosedWhileOneStarts() throws Exception {
    String mark = "r1zero-start-" + ProcessHandle.current().pid();
    SandboxedCommand command =
        new SandboxedCommand(List.of("/bin/sh", "-c", "echo; read x", mark), Map.of(), LIMITS);
    for (int delay = 0; delay < 20; delay++) {
      SandboxProcess process = sandbox.start(command);
      Thread.sleep(delay);
      process.close();
    }
    for (int i = 0; i < 100 && running(mark) > 0; i++) {
      Thread.sleep(50);
    }
    assertThat(running(mark)).isZero();
  }

  private static long running(String mark) {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").contains(mark))
        .count();
  }

  @Test
  void refusesWithAnInstallationHintWhereThereIsNoBubblewrap() {
    assertThatThrownBy(() -> BubblewrapSandbox.open("/no/such/bwrap"))
        .isInstanceOf(SandboxUnavailableException.class)
        .hasMessageContaining("bubblewrap (bwrap) is not installed")
        .hasMessageContaining("sudo apt-get install bubblewrap")
        .hasMessageContaining("sandbox: none");
  }

  @Test
  void refusesWithAHintWhereBubblewrapMayNotWork() {
    assertThatThrownBy(() -> BubblewrapSandbox.open("/bin/false"))
        .isInstanceOf(SandboxUnavailableException.class)
        .hasMessageContaining("can't isolate programs on this machine")
        .hasMessageContaining("user namespaces");
  }

  @Test
  void describesWhatIsInForce() {
    assertThat(sandbox.describe()).startsWith("bubblewrap");
    assertThat(sandbox.isIsolated()).isTrue();
  }

  private static String output(String script) throws SandboxException {
    return output(script, 1).get(0);
  }

  private static List<String> output(String script, int lines) throws SandboxException {
    SandboxedCommand command =
        new SandboxedCommand(List.of("/bin/sh", "-c", script), Map.of(), LIMITS);
    try (SandboxProcess process = sandbox.start(command)) {
      process.startClock(Duration.ofSeconds(10));
      java.util.ArrayList<String> output = new java.util.ArrayList<>();
      for (int i = 0; i < lines; i++) {
        output.add(new String(process.receive(), StandardCharsets.UTF_8));
      }
      return output;
    }
  }
}
