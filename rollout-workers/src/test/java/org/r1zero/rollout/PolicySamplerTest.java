package org.r1zero.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.rollout.generation.Draws;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.Generator;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.worker.PoolOptions;
import org.r1zero.rollout.worker.TokenizerStops;
import org.r1zero.rollout.worker.WorkerPool;
import org.r1zero.rollout.worker.WorkerPools;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Problem;
import org.r1zero.verify.environment.Environment;

@Tag("slow")
class PolicySamplerTest {
  private static final String CHARACTERS = "abcdefghij 0123456789?=";
  private static final List<Problem> PROBLEMS =
      List.of(new Problem("p/0", "1 a", "1"), new Problem("p/1", "22 b", "2"));

  @TempDir private Path folder;
  private Tokenizer tokenizer;
  private PolicyModel policy;
  private WorkerPool single;
  private PolicySampler sampler;

  @BeforeEach
  void open() throws IOException {
    tokenizer = TinyTokenizer.ofCharacters(folder, CHARACTERS);
    policy = TinyPolicy.make(CHARACTERS.length() + 1, 8, ComputeType.FLOAT32);
    single = pool(PoolOptions.single());
    sampler = sampler(single, 0);
  }

  @AfterEach
  void close() {
    single.close();
    policy.close();
    tokenizer.close();
  }

  @Test
  void rendersTokenizesAndDecodes() {
    List<SampledGroup> groups = sampler.sample(PROBLEMS, 6, config(), 5, status -> {});
    assertThat(groups).extracting(SampledGroup::problem).isEqualTo(PROBLEMS);
    assertThat(groups).extracting(SampledGroup::prompt).containsExactly("1 a=?", "22 b=?");
    // each character's place in CHARACTERS, counted from 1
    assertThat(groups.get(0).promptTokens()).containsExactly(13, 11, 1, 23, 22);
    for (SampledGroup group : groups) {
      assertThat(group.completions()).hasSize(6);
      for (int i = 0; i < 6; i++) {
        Completion completion = group.completions().get(i);
        Generation generation = group.generations().get(i);
        assertThat(completion.tokenCount()).isEqualTo(generation.tokens().length);
        assertThat(completion.finishReason()).isEqualTo(generation.finishReason());
        assertThat(completion.text()).isEqualTo(text(generation.tokens()));
      }
    }
    assertThat(groups.stream().flatMap(g -> g.completions().stream()).map(Completion::finishReason))
        .contains(FinishReason.STOP, FinishReason.LENGTH);
  }

  @Test
  void oneRolloutCanBeReplayedFromItsPlaces() {
    long seed = 5;
    List<SampledGroup> groups = sampler.sample(PROBLEMS, 6, config(), seed, status -> {});
    GenerationRequest request =
        new GenerationRequest(groups.get(1).promptTokens(), new long[] {Draws.seed(seed, 1, 4)});
    Generation replayed;
    try (Generator generator = new Generator(policy)) {
      replayed =
          generator
              .generate(List.of(request), config(), (tokens, length) -> tokens[length - 1] == 0)
              .get(0)
              .get(0);
    }
    assertThat(replayed.tokens()).isEqualTo(groups.get(1).generations().get(4).tokens());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void workersSampleWhatOneGeneratorSamples(int workers) {
    SamplingConfig config = config();
    List<Problem> many =
        IntStream.range(0, 20).mapToObj(i -> new Problem("p/" + i, i + " a", "1")).toList();
    List<SampledGroup> expected = sampler.sample(many, 3, config, 5, status -> {});
    List<Integer> finished = new ArrayList<>();
    PoolOptions options = new PoolOptions(workers, 1, false, Duration.ofMinutes(1), 0);
    try (WorkerPool pool = pool(options)) {
      List<SampledGroup> sampled =
          sampler(pool, 1).sample(many, 3, config, 5, status -> finished.add(status.finished()));
      assertThat(texts(sampled)).isEqualTo(texts(expected));
      assertThat(finished).last().isEqualTo(60);
    }
  }

  @Test
  void someCompletionsAreThoseOfAll() {
    List<SampledGroup> all = sampler.sample(PROBLEMS, 6, config(), 5, status -> {});
    Map<String, String> heard = new TreeMap<>();
    sampler.sample(
        List.of(new PolicySampler.Request(1, PROBLEMS.get(1), new int[] {4, 2})),
        config(),
        5,
        (problem, sample, generation, completion) -> {
          assertThat(generation.tokens()).hasSize(completion.tokenCount());
          heard.put(problem + "/" + sample, completion.text());
        });
    assertThat(heard)
        .containsExactly(
            Map.entry("1/2", all.get(1).completions().get(2).text()),
            Map.entry("1/4", all.get(1).completions().get(4).text()));
  }

  @Test
  void evaluationPlaysAllTurns() {
    Texts texts =
        new Texts(
            tokenizer,
            problem -> problem.question() + "=?",
            (problem, seed) -> {
              int[] turns = {0};
              return text -> new Environment.Reply(problem.gold(), 0.25, ++turns[0] == 3);
            });
    PolicySampler conversing = new PolicySampler(texts, single, 1);
    SamplingConfig config =
        new SamplingConfig(1, 0, 1, 0, 60, List.of("1", "2", "3", "a", "b", "="), 5);
    List<SampledGroup> groups = conversing.sample(PROBLEMS, 6, config, 5, status -> {});
    int whole = 0;
    for (SampledGroup group : groups) {
      for (int i = 0; i < 6; i++) {
        Completion completion = group.completions().get(i);
        Completion.Transcript said = Objects.requireNonNull(completion.transcript());
        Generation generation = group.generations().get(i);
        int observed = 0;
        for (float logProb : generation.policyLogProbs()) {
          observed += Float.isNaN(logProb) ? 1 : 0;
        }
        assertThat(said.text()).isEqualTo(tokenizer.decode(generation.tokens()));
        assertThat(said.text()).endsWith(completion.text());
        assertThat(observed).isEqualTo(said.turns() - 1);
        assertThat(completion.tokenCount()).isEqualTo(generation.tokens().length - observed);
        if (!completion.truncated()) {
          assertThat(said.turns()).isEqualTo(3);
          assertThat(said.reward()).isEqualTo(0.75);
          whole++;
        }
      }
    }
    assertThat(whole).as("conversations that came to their end").isGreaterThan(5);
    Map<String, Completion> some = new TreeMap<>();
    conversing.sample(
        List.of(new PolicySampler.Request(1, PROBLEMS.get(1), new int[] {4, 2})),
        config,
        5,
        (problem, sample, generation, completion) -> some.put(problem + "/" + sample, completion));
    assertThat(some)
        .containsExactly(
            Map.entry("1/2", groups.get(1).completions().get(2)),
            Map.entry("1/4", groups.get(1).completions().get(4)));
  }

  @Test
  void whatAListenerThrowsEndsThePoolsCallAndReachesTheCaller() {
    PoolOptions options = new PoolOptions(2, 1, false, Duration.ofMinutes(1), 0);
    try (WorkerPool pool = pool(options)) {
      PolicySampler pooled = sampler(pool, 0);
      assertThatThrownBy(
              () ->
                  pooled.sample(
                      PROBLEMS,
                      6,
                      config(),
                      5,
                      status -> {
                        throw new IllegalStateException("a signal came");
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("a signal came");
      assertThat(pooled.sample(PROBLEMS, 2, config(), 5, status -> {})).hasSize(2);
    }
  }

  private PolicySampler sampler(WorkerPool pool, int unitProblems) {
    Texts texts = new Texts(tokenizer, problem -> problem.question() + "=?");
    return new PolicySampler(texts, pool, unitProblems);
  }

  private WorkerPool pool(PoolOptions options) {
    return WorkerPools.inProcess(
        options,
        0,
        policy,
        config -> new TokenizerStops(tokenizer, config.stop()),
        line -> {
          throw new AssertionError(line);
        });
  }

  @Test
  void seedsDecide() {
    String first = texts(sampler.sample(PROBLEMS, 6, config(), 5, status -> {}));
    assertThat(texts(sampler.sample(PROBLEMS, 6, config(), 5, status -> {}))).isEqualTo(first);
    assertThat(texts(sampler.sample(PROBLEMS, 6, config(), 6, status -> {}))).isNotEqualTo(first);
  }

  @Test
  void aStopTextEndsACompletionAndStaysPartOfIt() {
    List<SampledGroup> free = sampler.sample(PROBLEMS, 6, config(), 5, status -> {});
    String longest =
        free.stream()
            .flatMap(g -> g.completions().stream())
            .map(Completion::text)
            .max(java.util.Comparator.comparingInt(String::length))
            .orElseThrow();
    String stop = longest.substring(7, 10);
    SamplingConfig config = new SamplingConfig(1, 0, 1, 0, 20, List.of("zzz", stop), 5);
    List<SampledGroup> stopped = sampler.sample(PROBLEMS, 6, config, 5, status -> {});
    int ended = 0;
    for (int p = 0; p < 2; p++) {
      for (int i = 0; i < 6; i++) {
        String before = free.get(p).completions().get(i).text();
        Completion after = stopped.get(p).completions().get(i);
        int at = before.indexOf(stop);
        assertThat(after.text()).isEqualTo(at < 0 ? before : before.substring(0, at + 3));
        if (at >= 0) {
          assertThat(after.finishReason()).isEqualTo(FinishReason.STOP);
          ended++;
        }
      }
    }
    assertThat(ended).isPositive();
  }

  private static SamplingConfig config() {
    return new SamplingConfig(1, 0, 1, 0, 20, List.of(), 5);
  }

  private static String text(int[] tokens) {
    StringBuilder text = new StringBuilder();
    for (int token : tokens) {
      if (token > 0) {
        text.append(CHARACTERS.charAt(token - 1));
      }
    }
    return text.toString();
  }

  private static String texts(List<SampledGroup> groups) {
    return groups.stream().map(SampledGroup::completions).toList().toString();
  }
}
