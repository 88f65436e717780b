package org.r1zero.grpo.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchTest {

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

  @Test
  void theNativeKernelsLackOfMemoryIsKnownByTheirOwnWords() throws IOException {
    assertThat(Files.readString(Path.of("src/main/native/jni.cpp")))
        .contains("\"" + Torch.NO_NATIVE_MEMORY + "\"");
    var fault = new IllegalStateException(Torch.NO_NATIVE_MEMORY + ": an array holds 2 GiB");
    assertThat(Torch.isOutOfMemory(fault)).isTrue();
    assertThat(Torch.isOutOfMemory(new IllegalStateException("no memory of it"))).isFalse();
  }
}
