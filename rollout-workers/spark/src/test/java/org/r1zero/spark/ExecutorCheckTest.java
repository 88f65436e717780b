package org.r1zero.spark;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.r1zero.rollout.worker.MachineReport;

class ExecutorCheckTest {
  private static final MachineReport SOUND = new MachineReport(List.of(), "r1zero, avx2");

  @Test
  void equalExecutorsPass() {
    assertThatCode(() -> ExecutorCheck.require(Map.of("a:1", SOUND, "b:1", SOUND), Set.of()))
        .doesNotThrowAnyException();
  }

  @Test
  void allFaultsAreNamedAtOnceByHost() {
    MachineReport full = new MachineReport(List.of("/dev/shm has room for 64 MB"), "r1zero, avx2");
    assertThatThrownBy(
            () -> ExecutorCheck.require(Map.of("a:1", full, "b:1", SOUND), Set.of("c:1")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a:1: /dev/shm has room for 64 MB")
        .hasMessageContaining("c:1: did not answer")
        .hasMessageNotContaining("b:1");
  }

  @Test
  void processorsThatDifferAreNamed() {
    MachineReport newer = new MachineReport(List.of(), "r1zero, avx2 avx512f");
    assertThatThrownBy(() -> ExecutorCheck.require(Map.of("a:1", newer, "b:1", SOUND), Set.of()))
        .hasMessageContaining("r1zero, avx2 on b:1; r1zero, avx2 avx512f on a:1")
        .hasMessageContaining("ATEN_CPU_CAPABILITY");
  }

  @Test
  void aBlockThatHasNoRoomIsAFaultOfTheMachine() {
    MachineReport report = MachineReport.here(Long.MAX_VALUE / 4, null);
    assertThatThrownBy(() -> ExecutorCheck.require(Map.of("a:1", report), Set.of()))
        .hasMessageContaining("a:1: ")
        .hasMessageContaining("has room for");
  }
}
