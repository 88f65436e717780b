package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.TokenBatch;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.TinyPolicy;
import org.r1zero.verify.FinishReason;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class GeneratorTest {
  private static final int VOCABULARY = 31;

  /** These six tokens end a sequence, so that lengths are mixed. */
  private static final StopCondition STOP = (tokens, length) -> tokens[length - 1] < 6;

  private static final StopCondition NEVER = (tokens, length) -> false;

  private PolicyModel policy;

  @BeforeAll
  void makePolicy() {
    policy = TinyPolicy.make(VOCABULARY, 3, ComputeType.FLOAT32);
  }

  @AfterAll
  void close() {
    policy.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 64})
  void aSequenceDependsOnItsPromptAndSeedOnly(int maxBatch) {
    SamplingConfig config = config(1, 12, maxBatch);
    List<GenerationRequest> requests = mixedRequests();
    try (Generator generator = new Generator(policy);
        Generator other = new Generator(policy)) {
      List<List<Generation>> together = generator.generate(requests, config, STOP);
      assertThat(together).hasSameSizeAs(requests);
      for (int r = 0; r < requests.size(); r++) {
        GenerationRequest request = requests.get(r);
        assertThat(together.get(r)).hasSize(request.seeds().length);
        for (int s = 0; s < request.seeds().length; s++) {
          Generation alone =
              only(
                  other,
                  new GenerationRequest(request.prompt(), new long[] {request.seeds()[s]}),
                  config(1, 12, 7),
                  STOP);
          Generation one = together.get(r).get(s);
          assertThat(one.tokens()).as("request %d, sample %d", r, s).isEqualTo(alone.tokens());
          assertThat(one.finishReason()).isEqualTo(alone.finishReason());
          assertThat(one.samplingLogProbs())
              .containsExactly(alone.samplingLogProbs(), within(1e-5f));
          assertThat(one.policyLogProbs()).containsExactly(alone.policyLogProbs(), within(1e-5f));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 20})
  void howManyTokensOfPromptsAreReadAtOnceChangesNothing(int chunk) {
    SamplingConfig config = config(1, 12, 5);
    try (Generator generator = new Generator(policy)) {
      List<List<Generation>> whole = generator.generate(mixedRequests(), config, STOP);
      List<List<Generation>> parts =
          generator.generate(mixedRequests(), config.withPrefillChunk(chunk), STOP);
      for (int r = 0; r < whole.size(); r++) {
        for (int s = 0; s < whole.get(r).size(); s++) {
          Generation one = parts.get(r).get(s);
          Generation other = whole.get(r).get(s);
          assertThat(one.tokens()).as("request %d, sample %d", r, s).isEqualTo(other.tokens());
          assertThat(one.policyLogProbs()).containsExactly(other.policyLogProbs(), within(1e-5f));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 64})
  void sequencesEndAtTheStopTokenOrAtTheLimit(int maxBatch) {
    int limit = 12;
    List<Generation> all = new ArrayList<>();
    int[] mostRunning = {0};
    long[] sampled = {0};
    int[] finished = {0};
    try (Generator generator = new Generator(policy)) {
      Collected heard =
          new Collected() {
            @Override
            public void status(SamplingStatus status) {
              assertThat(status.finished()).isGreaterThanOrEqualTo(finished[0]);
              assertThat(status.tokens()).isGreaterThanOrEqualTo(sampled[0]);
              finished[0] = status.finished();
              sampled[0] = status.tokens();
              mostRunning[0] = Math.max(mostRunning[0], status.running());
            }
          };
      generator.generate(mixedRequests(), config(1, limit, maxBatch), STOP, heard);
      heard.all().forEach(all::addAll);
    }
    for (Generation generation : all) {
      int[] tokens = generation.tokens();
      assertThat(tokens).hasSizeBetween(1, limit);
      assertThat(Arrays.stream(tokens)).allMatch(t -> t >= 0 && t < VOCABULARY);
      assertThat(generation.samplingLogProbs()).hasSameSizeAs(tokens);
      assertThat(generation.policyLogProbs()).hasSameSizeAs(tokens);
      assertThat(Arrays.stream(tokens, 0, tokens.length - 1)).allMatch(t -> t >= 6);
      boolean ended = tokens[tokens.length - 1] < 6;
      assertThat(generation.finishReason())
          .isEqualTo(ended ? FinishReason.STOP : FinishReason.LENGTH);
      assertThat(ended || tokens.length == limit).isTrue();
    }
    assertThat(all.stream().map(Generation::finishReason).distinct()).hasSize(2);
    assertThat(all.stream().map(g -> g.tokens().length).distinct().count()).isGreaterThan(4);
    assertThat(mostRunning[0]).isLessThanOrEqualTo(maxBatch);
    assertThat(finished[0]).isEqualTo(all.size());
    assertThat(sampled[0]).isEqualTo(all.stream().mapToInt(g -> g.tokens().length).sum());
  }

  @Test
  void eachFinishedCompletionIsToldOnceWithItsPlace() {
    int[] told = {0};
    Collected heard = // each once, or it throws
        new Collected() {
          @Override
          public void status(SamplingStatus status) {
            assertThat(told[0]).isEqualTo(status.finished());
          }

          @Override
          public void finished(int request, int sample, Generation generation) {
            super.finished(request, sample, generation);
            told[0]++;
          }
        };
    try (Generator generator = new Generator(policy)) {
      List<List<Generation>> expected = generator.generate(mixedRequests(), config(1, 12, 4), STOP);
      generator.generate(mixedRequests(), config(1, 12, 4), STOP, heard);
      assertThat(heard.all())
          .usingRecursiveComparison() // arrays by what is in them
          .isEqualTo(expected);
    }
  }

  @Test
  void differentSeedsDiffer() {
    try (Generator generator = new Generator(policy)) {
      long[] seeds = IntStream.range(0, 20).mapToLong(i -> i).toArray();
      List<Generation> generations =
          generator
              .generate(
                  List.of(new GenerationRequest(new int[] {9, 8}, seeds)), config(1, 12, 64), NEVER)
              .get(0);
      assertThat(generations.stream().map(g -> Arrays.toString(g.tokens())).distinct())
          .hasSize(seeds.length);
    }
  }

  @Test
  void oneNewTokenIsEnough() {
    try (Generator generator = new Generator(policy)) {
      List<List<Generation>> results = generator.generate(mixedRequests(), config(1, 1, 4), STOP);
      assertThat(results.stream().flatMap(List::stream)).allMatch(g -> g.tokens().length == 1);
      assertThat(results.stream().flatMap(List::stream).map(Generation::finishReason).distinct())
          .containsExactlyInAnyOrder(FinishReason.STOP, FinishReason.LENGTH);
    }
  }

  @Test
  void noRequestsGiveNoResults() {
    try (Generator generator = new Generator(policy)) {
      assertThat(generator.generate(List.of(), config(1, 5, 4), NEVER)).isEmpty();
      assertThat(generator.generate(mixedRequests(), config(1, 5, 4), NEVER)).hasSize(9);
    }
  }

  @Test
  void theContextMayBeFilledButNotExceeded() {
    int[] prompt = IntStream.range(0, TinyPolicy.CONTEXT - 10).map(i -> i % VOCABULARY).toArray();
    GenerationRequest request = new GenerationRequest(prompt, new long[] {4});
    try (Generator generator = new Generator(policy)) {
      Generation full = only(generator, request, config(1, 10, 1), NEVER);
      assertThat(full.policyLogProbs())
          .containsExactly(trained(prompt, full.tokens(), 1), within(1e-4f));
      assertThatThrownBy(() -> only(generator, request, config(1, 11, 1), NEVER))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the longest prompt (86 tokens) and max_new_tokens (11) exceed the model's"
                  + " max_position_embeddings (96); lower sampling.max_new_tokens to 10 or less");
      assertThat(only(generator, request, config(1, 10, 1), NEVER).tokens())
          .isEqualTo(full.tokens());
    }
  }

  @ParameterizedTest
  @EnumSource(ComputeType.class)
  void policyLogProbsAreThoseOfTheTrainingForward(ComputeType type) {
    SamplingConfig config = new SamplingConfig(0.7, 9, 0.9, 0.05, 20, List.of(), 5);
    try (PolicyModel model = TinyPolicy.make(VOCABULARY, 5, type);
        Generator generator = new Generator(model);
        Scope scope = Torch.openScope(Device.cpu())) {
      List<GenerationRequest> requests = mixedRequests();
      List<List<Generation>> results = generator.generate(requests, config, STOP);
      for (int r = 0; r < requests.size(); r++) {
        for (Generation generation : results.get(r)) {
          float[] trained =
              model
                  .logProbs(
                      TokenBatch.pairs(
                          new int[][] {requests.get(r).prompt()},
                          new int[][] {generation.tokens()}),
                      0.7,
                      scope)
                  .values();
          float tolerance = type == ComputeType.FLOAT32 ? 1e-4f : 0.2f;
          assertThat(generation.policyLogProbs()).containsExactly(trained, within(tolerance));
        }
      }
    }
  }

  @Test
  void greedyIsTheSameWhateverTheSeed() {
    try (Generator generator = new Generator(policy)) {
      GenerationRequest request = new GenerationRequest(new int[] {9, 8}, new long[] {1, 2, 3});
      List<Generation> generations =
          generator.generate(List.of(request), config(0, 12, 2), NEVER).get(0);
      assertThat(generations.get(1).tokens()).isEqualTo(generations.get(0).tokens());
      assertThat(generations.get(2).tokens()).isEqualTo(generations.get(0).tokens());
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1})
  void divergedWeightsAreAClearError(double temperature) {
    try (PolicyModel model = TinyPolicy.make(VOCABULARY, 6, ComputeType.FLOAT32);
        Generator generator = new Generator(model)) {
      model.parameters().get(0).value().muli(Float.NaN);
      GenerationRequest request = new GenerationRequest(new int[] {9, 8, 7}, new long[] {1, 2});
      assertThatThrownBy(() -> only(generator, request, config(temperature, 5, 2), NEVER))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("not finite")
          .hasMessageContaining("learning_rate");
    }
  }

  /** Nine prompts of 1 to 17 tokens with 1 to 5 completions each. */
  static List<GenerationRequest> mixedRequests() {
    Random random = new Random(2);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int r = 0; r < 9; r++) {
      int[] prompt = random.ints(1 + 2 * r, 0, VOCABULARY).toArray();
      requests.add(new GenerationRequest(prompt, random.longs(1 + r % 5).toArray()));
    }
    return requests;
  }

  private static Generation only(
      Generator generator, GenerationRequest request, SamplingConfig config, StopCondition stop) {
    return generator.generate(List.of(request), config, stop).get(0).get(0);
  }

  private static SamplingConfig config(double temperature, int maxNewTokens, int maxBatch) {
    return new SamplingConfig(temperature, 0, 1, 0, maxNewTokens, List.of(), maxBatch);
  }

  private float[] trained(int[] prompt, int[] completion, double temperature) {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      TokenBatch batch = TokenBatch.pairs(new int[][] {prompt}, new int[][] {completion});
      return policy.logProbs(batch, temperature, scope).values();
    }
  }
}
