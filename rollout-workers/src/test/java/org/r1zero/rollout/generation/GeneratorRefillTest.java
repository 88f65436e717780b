package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.rollout.TinyPolicy;

/**
 * Many more sequences than rows, a few of them long: rows are moved, attended to in stretches, and
 * prompts are used by sequences that come late.
 */
class GeneratorRefillTest {
  private static final int LONG = 80;

  @ParameterizedTest
  @ValueSource(ints = {5, 48, 64})
  void rowsAndPromptsThatAreUsedAgainChangeNothing(int maxBatch) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int r = 0; r < 12; r++) {
      int[] prompt = new int[2 + r % 5];
      for (int i = 0; i < prompt.length; i++) {
        prompt[i] = (7 * r + i) % 31;
      }
      int first = 100 * r;
      requests.add(new GenerationRequest(prompt, LongStream.range(first, first + 17L).toArray()));
    }
    StopCondition lengths = new Lengths();
    try (PolicyModel policy = TinyPolicy.make(31, 3, ComputeType.FLOAT32);
        Generator generator = new Generator(policy)) {
      List<List<Generation>> alone = generator.generate(requests, config(1), lengths);
      List<List<Generation>> together = generator.generate(requests, config(maxBatch), lengths);
      for (int r = 0; r < requests.size(); r++) {
        for (int s = 0; s < 17; s++) {
          Generation one = together.get(r).get(s);
          Generation other = alone.get(r).get(s);
          assertThat(one.tokens())
              .as("request %d, sample %d", r, s)
              .hasSize(Lengths.of(r, s))
              .isEqualTo(other.tokens());
          assertThat(one.samplingLogProbs())
              .containsExactly(other.samplingLogProbs(), within(1e-5f));
        }
      }
    }
  }

  private static SamplingConfig config(int maxBatch) {
    return new SamplingConfig(1, 0, 1, 0, LONG, List.of(), maxBatch);
  }

  /** Every seventh is long. */
  private static final class Lengths implements StopCondition {
    static int of(int request, int sample) {
      int number = 17 * request + sample;
      return number % 7 == 3 ? LONG : 1 + number % 9;
    }

    @Override
    public boolean stops(int[] tokens, int length) {
      throw new UnsupportedOperationException("it is asked for one of them");
    }

    @Override
    public boolean stops(int request, int sample, int[] tokens, int length) {
      return length >= of(request, sample);
    }
  }
}
