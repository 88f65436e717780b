package org.r1zero.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.grpo.RolloutBatch;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.rollout.worker.PoolOptions;
import org.r1zero.rollout.worker.TokenizerStops;
import org.r1zero.rollout.worker.WorkerPool;
import org.r1zero.rollout.worker.WorkerPools;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.reward.Reward;
import org.r1zero.verify.reward.ScoringConfig;

class RolloutCollectorTest {
  private static final String CHARACTERS = "abcdefghijklmnop";
  private static final int LIMIT = 6;

  @TempDir private Path folder;
  private final Map<Long, List<RolloutTrace>> traces = new LinkedHashMap<>();
  private Tokenizer tokenizer;
  private PolicyModel policy;
  private WorkerPool pool;

  @BeforeEach
  void open() throws IOException {
    tokenizer = TinyTokenizer.ofCharacters(folder, CHARACTERS);
    policy = TinyPolicy.make(CHARACTERS.length() + 1, 8, ComputeType.FLOAT32);
    pool =
        WorkerPools.inProcess(
            PoolOptions.single(),
            0,
            policy,
            config -> new TokenizerStops(tokenizer, config.stop()),
            line -> {});
  }

  @AfterEach
  void close() {
    pool.close();
    policy.close();
    tokenizer.close();
  }

  @Test
  void givesScoredGroupsInOrder() {
    RolloutBatch batch = collect(collector(9), 3, 17);
    assertThat(batch.groups())
        .extracting(RolloutGroup::problemId)
        .containsExactly("p0", "p1", "p2");
    for (int g = 0; g < 3; g++) {
      RolloutGroup group = batch.groups().get(g);
      assertThat(group.prompt()).containsExactly(1, 2, 3 + g);
      assertThat(group.rollouts()).hasSize(4);
      for (Rollout rollout : group.rollouts()) {
        int length = rollout.tokens().length;
        boolean ended = rollout.tokens()[length - 1] == 0;
        assertThat(rollout.truncated()).isEqualTo(!ended);
        assertThat(rollout.policyVersion()).isEqualTo(17);
        assertThat(rollout.policyLogProbs()).hasSize(length);
        assertThat(rollout.reward()).isEqualTo(score(tokenizer.decode(rollout.tokens())));
        assertThat(rollout.scores()).hasSize(2).startsWith(rollout.reward());
      }
    }
  }

  @Test
  void handsOverATraceOfEachRollout() {
    RolloutBatch batch = collector(9).collect(3, 0);
    assertThat(traces).containsOnlyKeys(3L);
    List<RolloutTrace> written = traces.getOrDefault(3L, List.of());
    assertThat(written).hasSize(12);
    for (int i = 0; i < 12; i++) {
      RolloutTrace trace = written.get(i);
      Rollout rollout = batch.groups().get(i / 4).rollouts().get(i % 4);
      assertThat(trace.step()).isEqualTo(4);
      assertThat(trace.problem()).isEqualTo("p" + i / 4);
      assertThat(trace.sample()).isEqualTo(i % 4);
      assertThat(trace.prompt()).isEqualTo("ab" + "cde".charAt(i / 4));
      assertThat(trace.completion()).isEqualTo(tokenizer.decode(rollout.tokens()));
      assertThat(trace.tokens()).isEqualTo(rollout.tokens().length);
      assertThat(trace.reward()).isEqualTo(rollout.reward());
      assertThat(trace.verdicts()).containsOnlyKeys("scripted", "flaky");
      assertThat(trace.finishReason()).isEqualTo(rollout.truncated() ? "length" : "stop");
    }
  }

  @Test
  void measuresWhatVerifiersSaid() {
    RolloutBatch batch = collector(9).collect(0, 0);
    List<Double> scores = new ArrayList<>();
    batch.groups().forEach(g -> g.rollouts().forEach(r -> scores.add(r.reward())));
    double mean = scores.stream().mapToDouble(s -> s).average().orElseThrow();
    double squares = scores.stream().mapToDouble(s -> (s - mean) * (s - mean)).sum();
    Map<String, Double> metrics = batch.metrics();
    assertThat(metrics)
        .containsOnlyKeys(
            "rewards/scripted/mean",
            "rewards/scripted/std",
            "rewards/scripted/correct",
            "rewards/flaky/mean",
            "rewards/flaky/std",
            "rewards/flaky/correct",
            "rewards/failed_ratio",
            "sampler/mixed_ratio",
            "sampler/pass_rate",
            "sampler/problems_asked",
            "time/rollout",
            "time/score",
            "time/rollout_wait",
            "workers/replaced",
            "sampling/staleness/mean",
            "sampling/staleness/max",
            "tokens_per_second/rollout");
    assertThat(mean).isPositive();
    assertThat(metrics.get("rewards/scripted/mean")).isCloseTo(mean, within(1e-12));
    assertThat(metrics.get("rewards/scripted/std"))
        .isCloseTo(Math.sqrt(squares / 11), within(1e-12));
    assertThat(metrics.get("rewards/scripted/correct"))
        .isEqualTo(scores.stream().filter(s -> s >= 1).count() / 12.0);
    assertThat(metrics.get("rewards/flaky/mean")).isZero();
    // one of each group's four completions fails, by an error or a timeout
    assertThat(metrics.get("rewards/failed_ratio")).isEqualTo(0.25);
    assertThat(metrics.get("tokens_per_second/rollout")).isPositive();
  }

  @Test
  void aStepIsAFunctionOfSeedAndStep() {
    RolloutCollector one = collector(9);
    List<String> first = texts(collect(one, 1, 0));
    List<String> second = texts(collect(one, 2, 0));
    RolloutCollector again = collector(9);
    assertThat(texts(collect(again, 1, 0))).isEqualTo(first);
    assertThat(texts(collect(again, 2, 5))).isEqualTo(second).isNotEqualTo(first);
    assertThat(texts(collect(collector(10), 1, 0))).isNotEqualTo(first);
  }

  private RolloutCollector collector(long seed) {
    return new RolloutCollector(
        new RolloutCollector.RolloutConfig(3, 4, seed, 10),
        RolloutsConfig.defaults(),
        new SamplingConfig(1, 0, 1, 0, LIMIT, List.of(), 5),
        place ->
            new Problem(
                "p" + place,
                CHARACTERS.substring(2 + (int) (place % 3), 3 + (int) (place % 3)),
                ""),
        new Texts(tokenizer, problem -> "ab" + problem.question()),
        pool,
        new RewardScorer(new Scripted()::score, ScoringConfig.defaults()),
        traces::put,
        (step, status) -> {});
  }

  private RolloutBatch collect(RolloutCollector collector, long step, long version) {
    pool.publish(version, policy);
    return collector.collect(step, version);
  }

  private List<String> texts(RolloutBatch batch) {
    return batch.groups().stream()
        .flatMap(g -> g.rollouts().stream())
        .map(r -> tokenizer.decode(r.tokens()))
        .toList();
  }

  /** How many letters come before i: 1 and more is right. */
  private static double score(String text) {
    return text.chars().filter(c -> c < 'i').count() / 4.0;
  }

  /** A verifier that likes early letters, and one that fails for one completion of each group. */
  private static final class Scripted {
    private final Map<String, Integer> seen = new LinkedHashMap<>();

    synchronized Reward score(Problem problem, Completion completion) {
      double score = RolloutCollectorTest.score(completion.text());
      int before = seen.merge(problem.id(), 1, Integer::sum);
      Outcome flaky =
          before != 2
              ? Outcome.UNPARSEABLE
              : problem.id().endsWith("1") ? Outcome.TIMEOUT : Outcome.ERROR;
      Map<String, Verdict> verdicts = new LinkedHashMap<>();
      verdicts.put(
          "scripted",
          new Verdict(score, score >= 1 ? Outcome.CORRECT : Outcome.INCORRECT, "early letters"));
      verdicts.put("flaky", new Verdict(0, flaky, "as told"));
      return new Reward(score, verdicts);
    }
  }
}
