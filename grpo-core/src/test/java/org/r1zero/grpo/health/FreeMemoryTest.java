package org.r1zero.grpo.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreeMemoryTest {
  @TempDir private Path folder;

  @Test
  void machineTellsWhatIsAvailableInKibibytes() throws IOException {
    assertThat(FreeMemory.bytes(machine(), folder)).isEqualTo(3_000L * 1024);
  }

  @Test
  void limitOfTheControlGroupCountsWhereItIsLower() throws IOException {
    group("2000000", "500000");
    assertThat(FreeMemory.bytes(machine(), folder)).isEqualTo(1_500_000);
    group("900000000", "500000");
    assertThat(FreeMemory.bytes(machine(), folder)).isEqualTo(3_000L * 1024);
    group("400000", "500000");
    assertThat(FreeMemory.bytes(machine(), folder)).isZero();
    group("max", "500000");
    assertThat(FreeMemory.bytes(machine(), folder)).isEqualTo(3_000L * 1024);
  }

  @Test
  void whereNothingIsToldItIsZero() {
    assertThat(FreeMemory.bytes(folder.resolve("none"), folder)).isZero();
  }

  private Path machine() throws IOException {
    return Files.writeString(
        folder.resolve("meminfo"), "MemTotal:  9000 kB\nMemFree: 10 kB\nMemAvailable:   3000 kB\n");
  }

  private void group(String limit, String used) throws IOException {
    Files.writeString(folder.resolve("memory.max"), limit + "\n");
    Files.writeString(folder.resolve("memory.current"), used + "\n");
  }
}
