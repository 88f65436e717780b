package org.r1zero.grpo.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.TestModels;
import org.r1zero.grpo.model.TokenBatch;

@Tag("slow")
class ScopeTest {
  private static final long MIB = 1 << 20;

  @Test
  void closingFreesWhatWasMadeInIt() {
    Scope scope = Torch.openScope(Device.cpu());
    NDArray array = scope.floats(1, 2);
    scope.close();
    assertThatThrownBy(array::toFloatArray)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("released");
  }

  @Test
  void closingFreesTheScopesWithin() {
    Scope outer = Torch.openScope(Device.cpu());
    NDArray array = outer.open().floats(1);
    outer.close();
    assertThatThrownBy(array::getFloat).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatIsKeptOutlivesTheInnerScope() {
    try (Scope outer = Torch.openScope(Device.cpu())) {
      NDArray kept;
      try (Scope inner = outer.open()) {
        kept = outer.keep(inner.floats(3));
      }
      assertThat(kept.getFloat()).isEqualTo(3);
    }
  }

  @Test
  void innerScopesLeaveNothingBehind() {
    try (Scope outer = Torch.openScope(Device.cpu())) {
      outer.floats(1);
      for (int i = 0; i < 10; i++) {
        try (Scope inner = outer.open()) {
          inner.floats(i).add(1).mul(2);
        }
      }
      assertThat(outer.manager().getManagedArrays()).hasSize(1);
    }
  }

  @Test
  void numbersAreCopied() {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      float[] values = {1, 2};
      NDArray array = scope.floats(values);
      values[0] = 9;
      assertThat(array.toFloatArray()).containsExactly(1, 2);
      assertThat(scope.longs(3, 4).toLongArray()).containsExactly(3, 4);
    }
  }

  /** 1,000 calls of 4 MiB would take 4 GiB if anything held on to their results. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads the process's memory from /proc")
  void callsLeakNoNativeMemory() throws IOException {
    try (Scope outer = Torch.openScope(Device.cpu())) {
      TorchModule module =
          TorchModule.load(
              outer,
              ScopeTest.class,
              "probe.py",
              "Probe",
              Map.of("factor", 2.0, "count", 1L, "flag", true));
      NDArray large = outer.floats(new float[1 << 20]);
      long before = 0;
      for (int i = 0; i < 1050; i++) {
        if (i == 50) {
          before = residentBytes();
        }
        try (Scope step = outer.open()) {
          module.call(step, "scale", large);
        }
      }
      assertThat(residentBytes() - before).isLessThan(200 * MIB);
    }
  }

  /** A training step's graph, activations and gradients are of no use after it. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads the process's memory from /proc")
  void trainingStepsLeakNoNativeMemory() throws IOException {
    int[] prompt = new int[24];
    int[][] completions = new int[200][24];
    TokenBatch batch = new TokenBatch(new int[][] {prompt}, completions, new int[200]);
    try (PolicyModel model = TestModels.random(1)) {
      long before = 0;
      for (int i = 0; i < 60; i++) {
        if (i == 20) {
          before = residentBytes();
        }
        try (Scope step = Torch.openScope(Device.cpu())) {
          // some 10 MiB of activations
          model.logProbsForTraining(batch, 1, step).backward(new float[batch.tokenCount()], null);
        }
      }
      assertThat(residentBytes() - before).isLessThan(80 * MIB);
    }
  }

  private static long residentBytes() throws IOException {
    long pages = Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1]);
    return pages * 4096;
  }
}
