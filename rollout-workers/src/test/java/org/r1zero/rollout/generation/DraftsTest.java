package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.Quantization;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.TinyPolicy;

/** Tokens that are guessed: none changes a bit of what is sampled. */
class DraftsTest {
  private static final int NEW_TOKENS = 70;
  private static final StopCondition STOP = (tokens, length) -> tokens[length - 1] == 5;

  /** Counts steps and what they read. */
  private static final class Steps extends Collected {
    private int steps;
    private int tokens;

    @Override
    public void step(int read, int lanes) {
      steps++;
      tokens += read;
    }
  }

  private static List<GenerationRequest> requests(int groups, int size) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int g = 0; g < groups; g++) {
      int[] prompt = new int[1 + 31 * g];
      Arrays.setAll(prompt, i -> 6 + i % 5);
      long[] seeds = new long[size];
      int group = g;
      Arrays.setAll(seeds, s -> 100L * group + s);
      requests.add(new GenerationRequest(prompt, seeds));
    }
    return requests;
  }

  private static Steps sampled(
      Generator generator, List<GenerationRequest> requests, SamplingConfig config) {
    Steps heard = new Steps();
    generator.generate(requests, config, STOP, heard);
    return heard;
  }

  private static void requireSame(Collected some, Collected others) {
    assertThat(some.all()).hasSameSizeAs(others.all());
    for (int r = 0; r < some.all().size(); r++) {
      for (int i = 0; i < some.all().get(r).size(); i++) {
        Generation one = some.all().get(r).get(i);
        Generation same = others.all().get(r).get(i);
        assertThat(one.tokens()).isEqualTo(same.tokens());
        assertThat(one.samplingLogProbs()).isEqualTo(same.samplingLogProbs());
        assertThat(one.policyLogProbs()).isEqualTo(same.policyLogProbs());
        assertThat(one.finishReason()).isEqualTo(same.finishReason());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 1, 0.3, 0, NONE",
    "FLOAT32, 2, 0.3, 0, NONE",
    "FLOAT32, 1, 0, 0, NONE",
    "FLOAT32, 1, 0.6, 4, NONE",
    "BFLOAT16, 1, 0.3, 0, NONE",
    "BFLOAT16, 2, 0, 0, NONE",
    "BFLOAT16, 1, 0.3, 0, INT8"
  })
  void guessesSaveStepsAndChangeNoBit(
      ComputeType type, int threads, double temperature, int topK, Quantization quantization) {
    try (PolicyModel policy = TinyPolicy.make(31, 200, 3, type);
        Generator generator = new Generator(policy)) {
      assumeTrue(generator.kernels().checksDrafts(), "there are no native kernels");
      Torch.setThreads(threads);
      SamplingConfig without =
          new SamplingConfig(temperature, topK, 1, 0, NEW_TOKENS, List.of(), 3)
              .withQuantization(quantization);
      Steps plain = sampled(generator, requests(3, 4), without);
      Steps drafted = sampled(generator, requests(3, 4), without.withDraftTokens(4));
      requireSame(drafted, plain);
      if (topK > 0) {
        assertThat(drafted.tokens).as("nothing is guessed with filters").isEqualTo(plain.tokens);
      } else {
        assertThat(drafted.steps).isLessThan(plain.steps);
        // some were wrong, or nothing has been tried
        assertThat(drafted.tokens).isGreaterThan(plain.tokens);
      }
    } finally {
      Torch.setThreads(1);
    }
  }

  @Test
  void nothingIsGuessedWhileManySequencesRun() {
    try (PolicyModel policy = TinyPolicy.make(31, 200, 3, ComputeType.FLOAT32);
        Generator generator = new Generator(policy)) {
      assumeTrue(generator.kernels().checksDrafts(), "there are no native kernels");
      SamplingConfig all = new SamplingConfig(0.3, 0, 1, 0, 20, List.of(), 64);
      Steps drafted = new Steps();
      StopCondition never = (tokens, length) -> false;
      generator.generate(requests(3, 14), all.withDraftTokens(7), never, drafted);
      assertThat(drafted.steps).isEqualTo(19);
      assertThat(drafted.tokens).isEqualTo(19 * 3 * 14);
    }
  }

  @Test
  void aSequenceThatGoesOnIsGuessedForToo() {
    try (PolicyModel policy = TinyPolicy.make(31, 200, 3, ComputeType.FLOAT32);
        Generator generator = new Generator(policy)) {
      assumeTrue(generator.kernels().checksDrafts(), "there are no native kernels");
      SamplingConfig without = new SamplingConfig(0.3, 0, 1, 0, NEW_TOKENS, List.of(), 3);
      SamplingConfig config = without.withDraftTokens(6);
      List<GenerationRequest> whole = requests(2, 3);
      Steps once = sampled(generator, whole, without);
      List<GenerationRequest> parts =
          whole.stream()
              .map(r -> new GenerationRequest(r.prompt(), r.seeds(), List.of(), 9))
              .toList();
      Steps begun = sampled(generator, parts, config);
      List<GenerationRequest> rest = new ArrayList<>();
      for (int r = 0; r < parts.size(); r++) {
        rest.add(
            new GenerationRequest(
                parts.get(r).prompt(), parts.get(r).seeds(), begun.all().get(r), 0));
      }
      Steps went = sampled(generator, rest, config);
      requireSame(went, once);
      assertThat(went.steps).isLessThan(sampled(generator, rest, without).steps);
    }
  }

  @Test
  void theNumberHasARange() {
    assertThatThrownBy(() -> SamplingConfig.defaults().withDraftTokens(8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("draft_tokens must be from 0 to 7, was 8");
  }
}
