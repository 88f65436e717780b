package org.r1zero.experiment.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;

class CompletionCacheTest {
  private static final SamplingConfig HOW = SamplingConfig.defaults();
  private static final Completion SAID = new Completion("12\n\u2028\"", 5, FinishReason.STOP);
  @TempDir private Path folder;

  @Test
  void findsWhatWasKeptForTheSameModelPromptAndSeedOnly() {
    try (var pass = cache("m").open(HOW, 1)) {
      pass.add(3, 0, "prompt", SAID);
    }
    try (var pass = cache("m").open(HOW, 1)) {
      assertThat(pass.find(3, 0, "prompt")).isEqualTo(SAID);
      assertThat(pass.find(3, 1, "prompt")).isNull();
      assertThat(pass.find(2, 0, "prompt")).isNull();
      assertThat(pass.find(3, 0, "other")).isNull();
    }
    for (var other :
        List.of(
            cache("n").open(HOW, 1),
            cache("m").open(HOW, 2),
            cache("m").open(HOW.withTemperature(0.5), 1))) {
      assertThat(other.find(3, 0, "prompt")).isNull();
      other.close();
    }
  }

  @Test
  void aLastLineThatAKillCutOffIsDroppedAndTheRestIsKept() throws IOException {
    try (var pass = cache("m").open(HOW, 1)) {
      pass.add(0, 0, "prompt", SAID);
    }
    Path file;
    try (var files = Files.list(folder)) {
      file = files.findFirst().orElseThrow();
    }
    Files.writeString(file, "{\"key\": \"0/1/", StandardOpenOption.APPEND);
    try (var pass = cache("m").open(HOW, 1)) {
      assertThat(pass.find(0, 0, "prompt")).isEqualTo(SAID);
      pass.add(0, 1, "prompt", SAID);
    }
    try (var pass = cache("m").open(HOW, 1)) {
      assertThat(pass.find(0, 1, "prompt")).isEqualTo(SAID);
    }
    assertThat(Files.readAllLines(file)).hasSize(2);
  }

  private CompletionCache cache(String model) {
    return new CompletionCache(folder, model);
  }
}
