package org.r1zero.rollout.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightDeltaTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"2,0", "2,1", "2,0.03", "2,1e-5", "4,0.03", "4,1"})
  void theBlockAfterIsMadeOfTheBlockBefore(int word, double share) throws IOException {
    byte[] before = new byte[(65 << 20) + 64]; // more than a window
    new Random(1).nextBytes(before);
    byte[] after = changed(before, word, share);
    WeightDelta delta = new WeightDelta(word);
    Path old = Files.write(folder.resolve("old"), before);
    Path now = Files.write(folder.resolve("now"), after);
    Path file = folder.resolve("delta");
    long size = delta.write(old, now, before.length, file, Long.MAX_VALUE);
    assertThat(size).isEqualTo(Files.size(file));
    if (share < 0.1) {
      assertThat(size).isLessThan(64 + (long) (share * before.length / word * 9));
    }
    delta.apply(Files.newInputStream(file), old, before.length);
    assertThat(Files.mismatch(old, now)).isEqualTo(-1);
  }

  @Test
  void oneThatIsTooLargeIsGivenUp() throws IOException {
    byte[] before = new byte[1 << 20];
    Path old = Files.write(folder.resolve("old"), before);
    Path now = Files.write(folder.resolve("now"), changed(before, 2, 1));
    Path file = folder.resolve("delta");
    assertThat(new WeightDelta(2).write(old, now, before.length, file, 1000)).isEqualTo(-1);
  }

  @Test
  void aDamagedOneIsAnErrorOrAnotherBlock() throws IOException {
    byte[] before = new byte[1 << 16];
    Path old = Files.write(folder.resolve("old"), before);
    Path now = Files.write(folder.resolve("now"), changed(before, 2, 0.1));
    Path file = folder.resolve("delta");
    WeightDelta delta = new WeightDelta(2);
    delta.write(old, now, before.length, file, Long.MAX_VALUE);
    byte[] half = new byte[(int) Files.size(file) / 2];
    System.arraycopy(Files.readAllBytes(file), 0, half, 0, half.length);
    assertThatThrownBy(() -> delta.apply(new ByteArrayInputStream(half), old, before.length))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () ->
                delta.apply(
                    Files.newInputStream(file),
                    Files.write(folder.resolve("short"), new byte[64]),
                    64))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("of 32 numbers");
  }

  private static byte[] changed(byte[] before, int word, double share) {
    byte[] after = before.clone();
    Random random = new Random(2);
    for (int i = 0; i < after.length; i += word) {
      if (random.nextDouble() < share) {
        if (random.nextInt(50) == 0) {
          for (int b = 0; b < word; b++) {
            after[i + b] = (byte) random.nextInt();
          }
        } else {
          after[i] += (byte) (random.nextBoolean() ? 1 : -1);
        }
      }
    }
    return after;
  }
}
