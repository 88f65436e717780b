package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.FinishReason;

class GenerationRequestTest {
  private static final Generation NOTHING =
      new Generation(new int[0], new float[0], new float[0], FinishReason.LENGTH);

  @Test
  void refusesWhatCannotBeSampled() {
    assertThatThrownBy(() -> new GenerationRequest(new int[0], new long[] {1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("had 0 tokens and 1 seeds");
    assertThatThrownBy(() -> new GenerationRequest(new int[] {1}, new long[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("had 1 tokens and 0 seeds");
    assertThatThrownBy(
            () -> new GenerationRequest(new int[] {1}, new long[] {1, 2}, List.of(NOTHING), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("started must be empty or have one completion for each of the 2 seeds, had 1");
    assertThatThrownBy(() -> new GenerationRequest(new int[] {1}, new long[] {1}, List.of(), -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("budget must be >= 0, was -1");
  }
}
