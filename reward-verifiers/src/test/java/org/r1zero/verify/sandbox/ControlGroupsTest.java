package org.r1zero.verify.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class ControlGroupsTest {

  @TempDir Path folder;

  @Test
  void takesNoFolderThatIsNoControlGroup() throws IOException {
    assertThat(ControlGroups.base(folder, Optional.of("memory.max"), true, Optional.empty()))
        .isEmpty();
    Files.writeString(folder.resolve("cgroup.procs"), "");
    assertThat(ControlGroups.base(folder, Optional.of("memory.max"), true, Optional.empty()))
        .isEmpty();
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(folder.resolve("cgroup.procs"));
    }
  }

  @Test
  void saysWhatNoGroupLimits() {
    ControlGroups.Base memory =
        new ControlGroups.Base(folder, Optional.of("memory.max"), true, Optional.empty());
    ControlGroups.Base cpu =
        new ControlGroups.Base(folder, Optional.empty(), false, Optional.of("cpu.cfs_quota_us"));
    ControlGroups part = new ControlGroups(List.of(memory));
    assertThat(part.missing()).containsExactly("processor time");
    assertThat(part.describe())
        .isEqualTo("control groups of memory, tasks (none of processor time)");
    ControlGroups whole = new ControlGroups(List.of(memory, cpu));
    assertThat(whole.missing()).isEmpty();
    assertThat(whole.describe()).isEqualTo("control groups of memory, processor time, tasks");
    assertThat(ControlGroups.none().missing()).containsExactly("memory", "processor time", "tasks");
    assertThat(ControlGroups.none().describe()).startsWith("no control groups (memory is limited");
  }

  @Test
  void boundsTheMemoryOfAllProcessesInSum() throws SandboxException {
    try (BubblewrapSandbox sandbox = BubblewrapSandbox.open()) {
      assumeFalse(
          sandbox.describe().contains("no control groups"),
          "this user can't make control groups on this machine");
      SandboxLimits limits =
          new SandboxLimits(Duration.ofSeconds(5), 256L << 20, 32, 1 << 20, 1 << 12);
      // four times 134 MiB, each within its address space
      String script =
          "for i in 1 2 3 4; do (head -c 150000000 /dev/zero | tail -c 140000000 | wc -c) & done;"
              + " wait; echo done";
      List<String> lines = new ArrayList<>();
      try (SandboxProcess process =
          sandbox.start(new SandboxedCommand(List.of("/bin/sh", "-c", script), Map.of(), limits))) {
        process.startClock(Duration.ofSeconds(30));
        for (int i = 0; i < 5; i++) {
          lines.add(new String(process.receive(), StandardCharsets.UTF_8));
        }
      } catch (SandboxException e) {
        lines.add(e.fault()); // the shell itself was chosen
      }
      assertThat(lines).filteredOn("140000000"::equals).hasSizeLessThan(3);
    }
  }
}
