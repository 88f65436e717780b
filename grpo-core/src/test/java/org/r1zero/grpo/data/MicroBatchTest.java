package org.r1zero.grpo.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MicroBatchTest {

  @Test
  void samplesOfAGroupShareTheirPrompt() {
    int[] first = {7, 8};
    int[] second = {7, 8};
    MicroBatch micro =
        MicroBatch.of(
            List.of(sample(first, 3), sample(second, 4), sample(first, 5), sample(second, 6)));
    assertThat(micro.tokens().prompts()).hasNumberOfRows(2);
    assertThat(micro.tokens().owner()).containsExactly(0, 1, 0, 1);
    assertThat(micro.tokens().completions()[3]).containsExactly(6, 6);
    assertThat(micro.tokenCount()).isEqualTo(8);
  }

  @Test
  void policyLogProbsFollowTheOrderOfCompletions() {
    MicroBatch micro = MicroBatch.of(List.of(sample(new int[] {1}, 3), sample(new int[] {1}, 4)));
    assertThat(micro.samplingLogProbs()).containsExactly(-3, -3.5f, -4, -4.5f);
  }

  private static Sample sample(int[] prompt, int token) {
    float[] logProbs = {-token, -token - 0.5f};
    Rollout rollout = new Rollout(new int[] {token, token}, logProbs, 0, false, 0);
    return Sample.of(prompt, rollout, 0);
  }
}
