package org.r1zero.grpo.torch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchTest {

  @Test
  void gradientsAreRecordedOnlyWhereAskedFor() {
    assertThat(Torch.isRecording()).isFalse();
    assertThat(Torch.withGrad(Torch::isRecording)).isTrue();
    assertThat(Torch.withGrad(() -> Torch.withoutGrad(Torch::isRecording))).isFalse();
    assertThat(Torch.isRecording()).isFalse();
  }

  @Test
  void whatWasNotRecordedHasNoBackward() {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      NDArray leaf = scope.floats(3);
      Torch.requireGradient(leaf);
      assertThatThrownBy(() -> Torch.backward(leaf.mul(2), scope.floats(1)))
          .hasMessageContaining("does not require grad");
    }
  }

  @Test
  void recordingEndsWithAFailure() {
    assertThatThrownBy(
            () ->
                Torch.withGrad(
                    () -> {
                      throw new IllegalStateException("planned");
                    }))
        .hasMessage("planned");
    assertThat(Torch.isRecording()).isFalse();
  }

  @Test
  void recordingIsEachThreadsOwn() {
    boolean elsewhere =
        Torch.withGrad(() -> CompletableFuture.supplyAsync(Torch::isRecording).join());
    assertThat(elsewhere).isFalse();
  }

  @Test
  void backwardAddsToTheLeafsGradient() {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      NDArray leaf = scope.floats(3, 4);
      Torch.requireGradient(leaf);
      assertThat(Torch.gradient(leaf)).isNull();
      for (int i = 1; i <= 2; i++) {
        Torch.backward(Torch.withGrad(() -> leaf.mul(leaf)), scope.floats(1, 10));
        NDArray gradient = requireNonNull(Torch.gradient(leaf));
        assertThat(gradient.toFloatArray()).containsExactly(6 * i, 80 * i);
      }
    }
  }

  @Test
  void createdGradientIsZeroAndLive() {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      NDArray leaf = scope.floats(3, 4);
      Torch.requireGradient(leaf);
      NDArray gradient = Torch.createGradient(leaf);
      assertThat(gradient.toFloatArray()).containsExactly(0, 0);
      Torch.backward(Torch.withGrad(() -> leaf.mul(5)), scope.floats(1, 1));
      assertThat(gradient.toFloatArray()).containsExactly(5, 5);
    }
  }

  @Test
  void devicesHaveNames() {
    assertThat(Torch.device("cpu")).isEqualTo(Device.cpu());
    assertThat(Torch.device("auto").getDeviceType()).isIn("cpu", "gpu");
  }

  @Test
  void autoSaysWhatItTookAndWhy() {
    assertThat(Torch.autoReason())
        .startsWith("device auto is " + (Torch.device("auto").isGpu() ? "cuda:0, " : "the CPU: "));
  }

  @Test
  void deviceThatIsNotThereNamesTheRemedy() {
    assertThatThrownBy(() -> Torch.device("cuda:99"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("device cuda:99 was asked for, but libtorch sees ")
        .hasMessageEndingWith("; set device: cpu to compute on the CPU");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gpu", "cuda:", "cuda:x", "cuda:99999", "CPU"})
  void unknownDeviceIsRefused(String name) {
    assertThatThrownBy(() -> Torch.device(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("device must be auto, cpu, cuda or cuda:N, was " + name);
  }

  @Test
  void lackOfMemoryIsToldFromOtherFaults() {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      TorchModule module =
          TorchModule.load(scope, TorchTest.class, "narrow.py", "Narrow", Map.of());
      NDArray wide = scope.floats(1).broadcast(1L << 30, 1L << 20); // 4 PiB where it is copied
      assertThatThrownBy(() -> module.call(scope, "narrow", wide))
          .satisfies(fault -> assertThat(Torch.isOutOfMemory(fault)).isTrue());
      assertThatThrownBy(() -> module.call(scope, "nothing", wide))
          .satisfies(fault -> assertThat(Torch.isOutOfMemory(fault)).isFalse());
    }
    String cuda = "CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of";
    Throwable wrapped = new IllegalStateException("a lane failed", new RuntimeException(cuda));
    assertThat(Torch.isOutOfMemory(wrapped)).isTrue();
    assertThat(Torch.isOutOfMemory(new IllegalStateException("CUDA error: invalid"))).isFalse();
  }

  @Test
  void threadCountCanBeSet() {
    int before = Torch.threads();
    try {
      Torch.setThreads(1);
      assertThat(Torch.threads()).isEqualTo(1);
    } finally {
      Torch.setThreads(before);
    }
  }
}
