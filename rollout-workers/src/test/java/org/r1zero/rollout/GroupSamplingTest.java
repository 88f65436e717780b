package org.r1zero.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.grpo.RolloutBatch;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.rollout.RolloutsConfig.FilterGroups;
import org.r1zero.rollout.RolloutsConfig.Mode;
import org.r1zero.rollout.RolloutsConfig.PartialRollouts;
import org.r1zero.rollout.difficulty.PassRates;
import org.r1zero.rollout.difficulty.SamplerConfig;
import org.r1zero.rollout.difficulty.SamplerConfig.Strategy;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.worker.PoolOptions;
import org.r1zero.rollout.worker.TinyModelFolder;
import org.r1zero.rollout.worker.TokenizerStops;
import org.r1zero.rollout.worker.WorkerPool;
import org.r1zero.rollout.worker.WorkerPools;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.environment.Environment;
import org.r1zero.verify.environment.EnvironmentFactory;
import org.r1zero.verify.reward.Reward;
import org.r1zero.verify.reward.RewardFunction;
import org.r1zero.verify.reward.ScoringConfig;

/** Dynamic sampling, partial rollouts, asynchronous mode and the state that they carry. */
@Tag("slow")
class GroupSamplingTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LIMIT = 24;
  private static final int PROBLEMS = 3;
  private static final int GROUP = 4;
  private static final long STEPS = 8;
  private static final FilterGroups KEEP_ALL = FilterGroups.defaults();
  private static final PartialRollouts WHOLE = PartialRollouts.defaults();

  @TempDir private Path folder;
  private Tokenizer tokenizer;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final List<PolicyModel> policies = new ArrayList<>();

  private @Nullable EnvironmentFactory environments;
  private Strategy strategy = Strategy.UNIFORM;

  @BeforeEach
  void open() throws IOException {
    tokenizer = TinyModelFolder.write(folder, 96);
    for (int version = 0; version < STEPS; version++) {
      policies.add(TinyModelFolder.policy(folder, 8L + version, ComputeType.FLOAT32));
    }
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
    policies.forEach(PolicyModel::close);
    tokenizer.close();
  }

  @Test
  void groupsThatTeachNothingAreReplacedByOtherProblems() {
    Run run = new Run(config(Mode.SYNC, 1, filter(50), WHOLE), true);
    RolloutBatch batch = run.step(0, true);
    assertThat(batch.groups()).hasSize(PROBLEMS);
    for (RolloutGroup group : batch.groups()) {
      // problems at odd places give every completion the same reward
      assertThat(Integer.parseInt(group.problemId().substring(1)) % 2).isZero();
    }
    double rounds = batch.metrics().getOrDefault("filter_groups/num_gen_batches", 0.0);
    assertThat(rounds).isGreaterThan(1);
    assertThat(batch.metrics().get("filter_groups/filled_up")).isZero();
    long places = CollectorState.fromTree(run.collector.state()).nextProblem();
    assertThat(batch.metrics()).containsEntry("filter_groups/dropped", places - PROBLEMS + 0.0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void replacementEndsAtItsLimitAndTheStepIsFilledUp(int limit) {
    Run run = new Run(config(Mode.SYNC, 1, filter(limit), WHOLE), false);
    RolloutBatch batch = run.step(0, true);
    assertThat(batch.groups()).hasSize(PROBLEMS);
    assertThat(batch.metrics())
        .containsEntry("filter_groups/num_gen_batches", (double) limit)
        .containsEntry("filter_groups/filled_up", (double) PROBLEMS)
        .containsEntry("filter_groups/dropped", (double) PROBLEMS * limit);
  }

  @ParameterizedTest
  @EnumSource(FilterGroups.Metric.class)
  void completionsThatNoVerifierSpeaksOfTeachNothing(FilterGroups.Metric metric) {
    FilterGroups filter = new FilterGroups(true, metric, 1);
    Run run =
        new Run(
            config(Mode.SYNC, 1, filter, WHOLE),
            PROBLEMS,
            (problem, completion) -> {
              boolean judged = completion.text().hashCode() % 2 == 0;
              Outcome outcome = judged ? Outcome.CORRECT : Outcome.NOT_APPLICABLE;
              double score = judged ? 1 : 0;
              return new Reward(score, Map.of("scripted", new Verdict(score, outcome, "as told")));
            });
    assertThat(run.step(0, true).metrics())
        .containsEntry("filter_groups/dropped", (double) PROBLEMS);
  }

  @Test
  void accuracyMayDecideWhatTeachesNothing() {
    FilterGroups byAccuracy = new FilterGroups(true, FilterGroups.Metric.ACC, 1);
    Run run = new Run(config(Mode.SYNC, 1, byAccuracy, WHOLE), true);
    // rewards differ, but no completion is right
    assertThat(run.step(0, true).metrics())
        .containsEntry("filter_groups/dropped", (double) PROBLEMS);
  }

  @Test
  void rolloutsInPartsEqualWholeOnesWhileTheWeightsAreTheSame() {
    Map<String, RolloutGroup> whole = new HashMap<>();
    // the same problem under the same seeds: both are decided when it is begun, in step 0
    Run uninterrupted = new Run(config(Mode.SYNC, 3, KEEP_ALL, WHOLE), PROBLEMS + 2, true);
    uninterrupted.step(0, false).groups().forEach(group -> whole.put(group.problemId(), group));
    Run parts = new Run(config(Mode.SYNC, 3, KEEP_ALL, new PartialRollouts(true, 5, 2)), true);
    int compared = 0;
    double continued = 0;
    for (int step = 0; step < 3; step++) {
      RolloutBatch batch = parts.step(step, false);
      continued += batch.metrics().getOrDefault("partial_rollouts/continued", 0.0);
      assertThat(batch.metrics()).containsEntry("partial_rollouts/carried", 2.0);
      for (RolloutGroup group : batch.groups()) {
        RolloutGroup expected = whole.get(group.problemId());
        if (expected != null) {
          requireEqual(group, expected);
          compared++;
        }
      }
    }
    assertThat(compared).isEqualTo(PROBLEMS + 2);
    assertThat(continued).isPositive();
  }

  @Test
  void aRolloutKeepsTheVersionAndLogProbsOfItsFirstTokens() {
    Run run = new Run(config(Mode.SYNC, 3, KEEP_ALL, new PartialRollouts(true, 1, 3)), true);
    run.step(0, true);
    CollectorState state = CollectorState.fromTree(run.collector.state());
    Map<String, List<CollectorState.RolloutState>> begun = new HashMap<>();
    state.groups().forEach(group -> begun.put("p" + group.problem(), group.rollouts()));
    int seen = 0;
    for (int step = 1; step < 5; step++) {
      for (RolloutGroup group : run.step(step, true).groups()) {
        List<CollectorState.RolloutState> before = begun.getOrDefault(group.problemId(), List.of());
        for (int i = 0; i < before.size(); i++) {
          Rollout rollout = group.rollouts().get(i);
          int length = before.get(i).tokens().length;
          assertThat(rollout.policyVersion()).isZero();
          assertThat(rollout.tokens()).startsWith(before.get(i).tokens());
          assertThat(java.util.Arrays.copyOf(rollout.policyLogProbs(), length))
              .isEqualTo(before.get(i).policyLogProbs());
          seen += rollout.tokens().length > length ? 1 : 0;
        }
      }
    }
    assertThat(seen).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void noRolloutIsOlderThanTheLimit(int limit) {
    Run run = new Run(config(Mode.SYNC, limit, KEEP_ALL, new PartialRollouts(true, 1, 3)), true);
    double oldest = 0;
    for (int step = 0; step < STEPS; step++) {
      RolloutBatch batch = run.step(step, true);
      oldest = Math.max(oldest, batch.metrics().getOrDefault("sampling/staleness/max", 99.0));
      for (RolloutGroup group : batch.groups()) {
        for (Rollout rollout : group.rollouts()) {
          assertThat(step - rollout.policyVersion()).isBetween(0L, (long) limit);
        }
      }
    }
    assertThat(oldest)
        .isEqualTo(limit > 1 ? Math.min(limit, oldest) : 1)
        .isLessThanOrEqualTo(limit);
  }

  @Test
  void asynchronousRolloutsAreOneStepOld() {
    Run run = new Run(config(Mode.ASYNC, 1, KEEP_ALL, WHOLE), true);
    for (int step = 0; step < STEPS; step++) {
      RolloutBatch batch = run.step(step, true);
      long expected = Math.max(0, step - 1);
      assertThat(batch.metrics())
          .containsEntry("sampling/staleness/max", (double) (step - expected));
      for (RolloutGroup group : batch.groups()) {
        assertThat(group.rollouts()).allMatch(rollout -> rollout.policyVersion() == expected);
      }
    }
  }

  /** What asynchronous mode samples for step s + 1 is what these weights sample for it in turn. */
  @Test
  void asynchronousRolloutsDependOnNothingButTheirWeights() {
    Run async = new Run(config(Mode.ASYNC, 1, KEEP_ALL, WHOLE), true);
    Run sync = new Run(config(Mode.SYNC, 1, KEEP_ALL, WHOLE), true);
    for (int step = 0; step < 4; step++) {
      List<RolloutGroup> ahead = async.step(step, true).groups();
      sync.publish(Math.max(0, step - 1));
      List<RolloutGroup> inTurn = sync.collector.collect(step, Math.max(0, step - 1)).groups();
      for (int g = 0; g < PROBLEMS; g++) {
        requireEqual(ahead.get(g), inTurn.get(g));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SYNC, false, UNIFORM",
    "ASYNC, false, UNIFORM",
    "SYNC, true, UNIFORM",
    "ASYNC, true, UNIFORM",
    "SYNC, false, BANDIT",
    "ASYNC, true, BANDIT",
    "SYNC, true, CURRICULUM",
    "ASYNC, false, CURRICULUM"
  })
  void aRestoredRunCollectsWhatTheUninterruptedOneDoes(Mode mode, boolean converses, Strategy by)
      throws Exception {
    strategy = by;
    environments = converses ? GroupSamplingTest::counting : null;
    RolloutsConfig config = config(mode, 3, filter(20), new PartialRollouts(true, 5, 2));
    Run straight = new Run(config, true);
    List<RolloutBatch> expected = new ArrayList<>();
    for (int step = 0; step < 6; step++) {
      expected.add(straight.step(step, true));
    }
    Run first = new Run(config, true);
    for (int step = 0; step < 3; step++) {
      first.step(step, true);
    }
    first.publish(3); // as the trainer does after its update, before a checkpoint
    String saved = JSON.writeValueAsString(first.collector.state());
    Run second = new Run(config, true);
    second.collector.restore((ObjectNode) JSON.readTree(saved));
    for (int step = 3; step < 6; step++) {
      RolloutBatch batch = second.step(step, true);
      for (int g = 0; g < PROBLEMS; g++) {
        requireEqual(batch.groups().get(g), expected.get(step).groups().get(g));
      }
      for (String metric :
          List.of("sampling/staleness/mean", "sampler/mixed_ratio", "sampler/problems_asked")) {
        assertThat(batch.metrics())
            .containsEntry(metric, expected.get(step).metrics().getOrDefault(metric, -1.0));
      }
    }
    assertThat(state(second).passRates()).isEqualTo(state(straight).passRates());
  }

  @Test
  void theBanditAsksWhatIsMixedAndCountsWhatItFinds() {
    strategy = Strategy.BANDIT;
    Run run = new Run(config(Mode.SYNC, 1, KEEP_ALL, WHOLE), true);
    List<String> asked = new ArrayList<>();
    double mixed = 0;
    for (int step = 0; step < STEPS; step++) {
      RolloutBatch batch = run.step(step, true);
      batch.groups().forEach(group -> asked.add(group.problemId()));
      mixed += batch.metrics().getOrDefault("sampler/mixed_ratio", -1.0) * PROBLEMS;
    }
    long even = asked.stream().filter(id -> Integer.parseInt(id.substring(1)) % 2 == 0).count();
    assertThat(mixed)
        .as("problems at even places are mixed")
        .isCloseTo((double) even, within(1e-9));
    assertThat(even / (double) asked.size()).isGreaterThan(0.5);
    PassRates known = Objects.requireNonNull(state(run).passRates());
    assertThat(known.problems().keySet()).containsExactlyInAnyOrderElementsOf(Set.copyOf(asked));
    assertThat(known.problems().values().stream().mapToLong(PassRates.Tally::groups).sum())
        .isEqualTo(asked.size());
  }

  @Test
  void aStateOfAVersionWithoutPassRatesIsRead() throws Exception {
    Run run = new Run(config(Mode.SYNC, 1, KEEP_ALL, WHOLE), true);
    run.collector.restore((ObjectNode) JSON.readTree("{\"next_problem\": 7, \"groups\": []}"));
    assertThat(run.step(0, true).groups().get(0).problemId()).isEqualTo("p7");
  }

  private static CollectorState state(Run run) {
    return CollectorState.fromTree(run.collector.state());
  }

  @Test
  void conversationsInPartsEqualWholeOnesWhileTheWeightsAreTheSame() {
    environments = GroupSamplingTest::counting;
    Map<String, RolloutGroup> whole = new HashMap<>();
    Run uninterrupted = new Run(config(Mode.SYNC, 3, KEEP_ALL, WHOLE), PROBLEMS + 2, true);
    uninterrupted.step(0, false).groups().forEach(group -> whole.put(group.problemId(), group));
    Run parts = new Run(config(Mode.SYNC, 3, KEEP_ALL, new PartialRollouts(true, 2, 2)), true);
    int compared = 0;
    int turns = 0;
    for (int step = 0; step < 3; step++) {
      for (RolloutGroup group : parts.step(step, false).groups()) {
        RolloutGroup expected = whole.get(group.problemId());
        if (expected != null) {
          requireEqual(group, expected);
          compared++;
          turns +=
              group.rollouts().stream().filter(r -> r.sampled() != null).mapToInt(r -> 1).sum();
        }
      }
    }
    assertThat(compared).isEqualTo(PROBLEMS + 2);
    assertThat(turns).as("rollouts of several turns").isPositive();
  }

  @Test
  void aSavedConversationThatIsAnsweredOtherwiseIsRefused() throws Exception {
    environments = GroupSamplingTest::counting;
    RolloutsConfig config = config(Mode.SYNC, 3, KEEP_ALL, new PartialRollouts(true, 2, 3));
    Run first = new Run(config, true);
    first.step(0, false);
    String saved = JSON.writeValueAsString(first.collector.state());
    environments = (problem, seed) -> text -> Environment.Reply.goOn("p");
    Run second = new Run(config, true);
    assertThatThrownBy(() -> second.collector.restore((ObjectNode) JSON.readTree(saved)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("must give the same answers for the same problem, seed and turns");
  }

  /** Answers with the number of the turn as a letter, four times; pays for each. */
  private static Environment counting(Problem problem, long seed) {
    int[] turn = {0};
    return text ->
        ++turn[0] == 4
            ? new Environment.Reply("", 1, true)
            : new Environment.Reply(
                "lmn".substring(turn[0] - 1, turn[0]) + seedLetter(seed), 1, false);
  }

  private static String seedLetter(long seed) {
    return "cd".substring((int) (seed & 1), (int) (seed & 1) + 1);
  }

  @Test
  void whatIsNoStateIsRefused() {
    Run run = new Run(config(Mode.SYNC, 1, KEEP_ALL, WHOLE), true);
    ObjectNode tree = JSON.createObjectNode().put("next_problem", 1).put("other", 2);
    assertThatThrownBy(() -> run.collector.restore(tree))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a saved state");
  }

  @Test
  void weightsThatWereNotPublishedAreRefused() {
    Run run = new Run(config(Mode.SYNC, 1, KEEP_ALL, WHOLE), true);
    assertThatThrownBy(() -> run.collector.collect(0, 5)).hasMessageContaining("policy version 5");
  }

  @Test
  void theConfigurationNamesEveryFault() {
    assertThatThrownBy(
            () ->
                new RolloutsConfig(
                    2,
                    "threads",
                    List.of("cuda:0", "cuda:1", "cuda:2"),
                    -1,
                    0,
                    Mode.ASYNC,
                    0,
                    0.1,
                    -1,
                    "",
                    -1,
                    SamplerConfig.defaults(),
                    KEEP_ALL,
                    WHOLE))
        .hasMessageContaining("backend must be one of in_process, process, was threads")
        .hasMessageContaining("devices must be empty where backend is threads")
        .hasMessageContaining("workers must be at least as many as devices, was 2 for 3")
        .hasMessageContaining("unit_problems must be >= 1")
        .hasMessageContaining("threads must be >= 0")
        .hasMessageContaining("max_staleness must be >= 1")
        .hasMessageContaining("hang_timeout must be >= 1")
        .hasMessageContaining("max_replacements must be >= 0")
        .hasMessageContaining("weights_folder must be")
        .hasMessageContaining("learners must be >= 0")
        .hasMessageContaining("learners must be 0 where mode is async");
    assertThatThrownBy(() -> config(Mode.ASYNC, 1, KEEP_ALL, new PartialRollouts(true, 5, 1)))
        .hasMessageContaining("max_staleness must be >= 2");
    assertThatThrownBy(() -> new PartialRollouts(true, 0, 0))
        .hasMessageContaining("tokens_per_step")
        .hasMessageContaining("over_sampling");
  }

  private static FilterGroups filter(int limit) {
    return new FilterGroups(true, FilterGroups.Metric.SEQ_REWARD, limit);
  }

  private RolloutsConfig config(
      Mode mode, int maxStaleness, FilterGroups filter, PartialRollouts partial) {
    return new RolloutsConfig(
        2,
        "in_process",
        List.of(),
        1,
        2,
        mode,
        maxStaleness,
        60,
        3,
        "auto",
        0,
        new SamplerConfig(strategy, 0.9, 0.5, 0.1),
        filter,
        partial);
  }

  private static void requireEqual(RolloutGroup actual, RolloutGroup expected) {
    assertThat(actual.problemId()).isEqualTo(expected.problemId());
    for (int i = 0; i < GROUP; i++) {
      Rollout one = actual.rollouts().get(i);
      Rollout other = expected.rollouts().get(i);
      assertThat(one.tokens()).isEqualTo(other.tokens());
      // a continued rollout's prompt and first tokens are read at once: other sums in last bits
      assertThat(one.policyLogProbs()).containsExactly(other.policyLogProbs(), CLOSE);
      assertThat(one.reward()).isEqualTo(other.reward());
      assertThat(one.truncated()).isEqualTo(other.truncated());
      assertThat(one.policyVersion()).isEqualTo(other.policyVersion());
    }
  }

  private static final org.assertj.core.data.Offset<Float> CLOSE =
      org.assertj.core.api.Assertions.within(1e-5f);

  /** A collector with its pool, to which a step's weights are published before it. */
  private final class Run {
    private final WorkerPool pool;
    private final RolloutCollector collector;

    Run(RolloutsConfig config, boolean rewardsDiffer) {
      this(config, PROBLEMS, rewardsDiffer);
    }

    Run(RolloutsConfig config, int problems, boolean rewardsDiffer) {
      this(config, problems, (problem, completion) -> score(problem, completion, rewardsDiffer));
    }

    Run(RolloutsConfig config, int problems, RewardFunction rewards) {
      pool =
          WorkerPools.inProcess(
              new PoolOptions(2, 1, true, config.hangDuration(), 3),
              0,
              policies.get(0),
              sampling -> new TokenizerStops(tokenizer, sampling.stop()),
              line -> {});
      opened.add(pool);
      collector =
          new RolloutCollector(
              new RolloutCollector.RolloutConfig(problems, GROUP, 9, STEPS),
              config,
              new SamplingConfig(1, 0, 1, 0, LIMIT, List.of("e", "k"), 8),
              new Numbered(),
              new Texts(tokenizer, problem -> "ab" + problem.question(), environments),
              pool,
              new RewardScorer(rewards, new ScoringConfig(0, 60, 1)),
              (step, traces) -> {},
              (step, status) -> {});
    }

    void publish(long version) {
      pool.publish(version, policies.get((int) version));
    }

    /** A step with its own weights, or with those of version 0. */
    RolloutBatch step(int step, boolean newWeights) {
      if (newWeights && step > 0 && pool.version() != step) {
        publish(step);
      }
      return collector.collect(step, newWeights ? step : 0);
    }
  }

  /** Endless in order; sixteen problems to choose among. */
  private static final class Numbered implements ProblemSource {
    private final List<Problem> candidates =
        IntStream.range(0, 16).mapToObj(place -> problemAt(place)).toList();

    @Override
    public Problem problemAt(long place) {
      return new Problem("p" + place, "cdefghij".charAt((int) (place % 8)) + "", "");
    }

    @Override
    public List<Problem> candidates(long place) {
      return candidates;
    }
  }

  private static Reward score(Problem problem, Completion completion, boolean differ) {
    boolean even = Integer.parseInt(problem.id().substring(1)) % 2 == 0;
    double reward = differ && even ? completion.text().hashCode() % 1000 / 1000.0 : 0.5;
    return new Reward(
        reward, Map.of("scripted", new Verdict(Math.abs(reward), Outcome.INCORRECT, "as told")));
  }
}
