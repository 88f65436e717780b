package org.r1zero.grpo.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Padding of steps whose completions' lengths spread as those of reasoning models do. */
class PaddingTest {
  private static final int LIMIT = 1024;

  @ParameterizedTest
  @CsvSource({"8, 2048", "8, 8192", "16, 4096", "16, 65536"})
  void aStepOfSpreadLengthsIsPaddedByLessThanATenth(int group, int microBatchTokens) {
    for (long seed = 0; seed < 5; seed++) {
      long rows = 0;
      long places = 0;
      for (Minibatch minibatch : new BatchPacker(1, microBatchTokens).pack(step(group, seed), 0)) {
        for (MicroBatch micro : minibatch.micros()) {
          rows += micro.tokens().rowCount();
          places += micro.tokens().attentionPlaces();
        }
      }
      assertThat(rows).as("no place without a row").isLessThanOrEqualTo(places);
      assertThat(1 - rows / (double) places).as("seed %d", seed).isBetween(0.0, 0.1);
    }
  }

  /** Log-normal lengths, a median of 180 tokens, the longest cut off; prompts of 40 to 140. */
  private static List<List<Sample>> step(int group, long seed) {
    Random random = new Random(seed);
    List<List<Sample>> step = new ArrayList<>();
    for (int p = 0; p < 8; p++) {
      int[] prompt = new int[40 + random.nextInt(100)];
      List<Sample> samples = new ArrayList<>();
      for (int i = 0; i < group; i++) {
        int length = (int) Math.min(LIMIT, 1 + 180 * Math.exp(0.8 * random.nextGaussian()));
        float[] zeros = new float[length];
        Rollout rollout = new Rollout(new int[length], zeros, 0, length == LIMIT, 0);
        samples.add(Sample.of(prompt, rollout, 0));
      }
      step.add(samples);
    }
    return step;
  }
}
