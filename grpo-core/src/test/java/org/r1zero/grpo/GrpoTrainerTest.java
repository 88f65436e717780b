package org.r1zero.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.r1zero.grpo.TestTraining.COMPLETIONS;
import static org.r1zero.grpo.TestTraining.PROMPT;
import static org.r1zero.grpo.TestTraining.batch;
import static org.r1zero.grpo.TestTraining.fixed;
import static org.r1zero.grpo.TestTraining.group;
import static org.r1zero.grpo.TestTraining.steps;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.r1zero.grpo.TestTraining.Options;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.loss.LossType;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.SampledTokens;
import org.r1zero.grpo.model.SamplingParameters;
import org.r1zero.grpo.model.TestModels;
import org.r1zero.grpo.model.TokenBatch;
import org.r1zero.grpo.optim.LearningRateSchedule;
import org.r1zero.grpo.optim.OptimizerConfig;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/** The trainer on a tiny random model, with rollouts that are handed to it. */
@Tag("slow")
class GrpoTrainerTest {
  private static final double TEMPERATURE = 0.8;

  private final List<StepReport> reports = new ArrayList<>();
  private final List<Long> versions = new ArrayList<>();
  private PolicyModel policy;

  @BeforeEach
  void makePolicy() {
    policy = TestModels.random(1);
  }

  @AfterEach
  void closePolicy() {
    policy.close();
  }

  @Test
  void oneUpdateMakesTheRewardedCompletionLikelierAndTheOthersUnlikelier() {
    double[] before = sequenceLogProbs();
    train(steps(1), fixed(group(PROMPT, 1, 0, 0, 0)));
    double[] after = sequenceLogProbs();
    assertThat(after[0]).isGreaterThan(before[0]);
    for (int i = 1; i < 4; i++) {
      assertThat(after[i]).as("completion %d", i).isLessThan(before[i]);
    }
  }

  @Test
  void policyLearnsWhatIsRewarded() {
    // single tokens, sampled on policy; multiples of 3 are rewarded
    Random random = new Random(2);
    RolloutSource sampled =
        (step, version) -> {
          try (Scope scope = Torch.openScope(Device.cpu())) {
            return batch(sample(random, scope));
          }
        };
    train(steps(40), sampled);
    assertThat(reports.get(0).metric("reward")).isLessThan(0.7);
    assertThat(report().metric("reward")).isGreaterThan(0.9);
    assertThat(report().metric("sampling/sampling_logp_difference/max")).isLessThan(1e-4);
  }

  private RolloutGroup sample(Random random, Scope scope) {
    int size = 16;
    float[] uniforms = new float[size];
    for (int i = 0; i < size; i++) {
      uniforms[i] = random.nextFloat();
    }
    DecodingKernels kernels = policy.decoding();
    List<NDArray> prefilled = kernels.prefill(new int[][] {PROMPT}, PROMPT.length, scope);
    SampledTokens drawn =
        kernels.sampleFirst(
            List.of(prefilled.get(prefilled.size() - 1)),
            new long[size],
            uniforms,
            new SamplingParameters(TEMPERATURE, 0, 1, 0),
            kernels.newLogits(1, scope),
            scope);
    List<Rollout> rollouts = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int token = (int) drawn.tokens()[i];
      float[] logProb = {drawn.policyLogProbs()[i]};
      rollouts.add(new Rollout(new int[] {token}, logProb, token % 3 == 0 ? 1 : 0, false, 0));
    }
    return new RolloutGroup("multiples of 3", PROMPT, rollouts);
  }

  /** An observation at the end is read by no sampled token: the update is that without it. */
  @ParameterizedTest
  @EnumSource(
      value = LossType.class,
      names = {"GRPO", "DAPO", "DR_GRPO"})
  void tokensThatThePolicyDidNotSampleTeachNothing(LossType aggregation) {
    Options options = steps(2).lossType(aggregation).iterations(2);
    RolloutGroup plain = group(PROMPT, 1, 0, 0, 0);
    train(options, fixed(plain));
    double[] expected = sequenceLogProbs();
    policy.close();
    policy = TestModels.random(1);
    List<Rollout> observed = new ArrayList<>();
    for (Rollout rollout : plain.rollouts()) {
      int length = rollout.tokens().length;
      int[] tokens = Arrays.copyOf(rollout.tokens(), length + 2);
      float[] logProbs = Arrays.copyOf(rollout.policyLogProbs(), length + 2);
      Arrays.fill(tokens, length, length + 2, 60);
      Arrays.fill(logProbs, length, length + 2, Float.NaN);
      observed.add(new Rollout(tokens, logProbs, rollout.reward(), false, 0));
    }
    train(options, fixed(new RolloutGroup("p", PROMPT, observed)));
    assertThat(sequenceLogProbs()).containsExactly(expected, within(1e-5));
    for (String metric : List.of("loss", "entropy", "grad_norm")) {
      assertThat(reports.get(3).metric(metric))
          .as(metric)
          .isCloseTo(reports.get(1).metric(metric), within(1e-4));
    }
    assertThat(reports.get(3).metric("sampling/sampling_logp_difference/max"))
        .isCloseTo(reports.get(1).metric("sampling/sampling_logp_difference/max"), within(1e-4));
  }

  @Test
  void groupsOfEqualRewardsChangeNothing() {
    FloatBuffer before = policy.tensor("model.norm.weight");
    train(steps(1), fixed(group(PROMPT, 1, 1, 1, 1), group(new int[] {9}, 0, 0, 0, 0)));
    assertThat(policy.tensor("model.norm.weight")).isEqualTo(before);
    assertThat(report().metric("grad_norm")).isZero();
    assertThat(report().metric("loss")).isZero();
    assertThat(report().metric("frac_reward_zero_std")).isEqualTo(1);
  }

  @Test
  void groupOfEqualRewardsAddsNothingToTheGradientOfOthers() {
    // DR_GRPO divides by constants: the norm halves with twice the completions, and no more
    Options dr = steps(1).lossType(LossType.DR_GRPO);
    train(dr, fixed(group(PROMPT, 1, 0, 0, 0)));
    try (PolicyModel other = TestModels.random(1)) {
      train(dr, other, null, fixed(group(PROMPT, 1, 0, 0, 0), group(new int[] {9}, 1, 1, 1, 1)));
    }
    double alone = reports.get(0).metric("grad_norm");
    assertThat(reports.get(1).metric("grad_norm")).isCloseTo(alone / 2, within(1e-5 * alone));
  }

  @ParameterizedTest
  @CsvSource({"GRPO, 1", "GRPO, 9", "DAPO, 1", "DAPO, 9", "DR_GRPO, 1", "DR_GRPO, 9"})
  void microBatchesGiveTheUpdateOfTheWhole(LossType aggregation, int microBatchTokens) {
    RolloutSource source = fixed(group(PROMPT, 1, 0, 0, 0), group(new int[] {9, 8}, 2, 0, 1, 0));
    Options whole = steps(2).lossType(aggregation);
    train(whole, source);
    try (PolicyModel other = TestModels.random(1)) {
      train(whole.microBatchTokens(microBatchTokens), other, null, source);
      assertSameWeights(other, 1e-5f);
    }
    for (String metric : List.of("loss", "grad_norm", "entropy", "clip_ratio/region_mean")) {
      double expected = reports.get(1).metric(metric);
      assertThat(reports.get(3).metric(metric)).isCloseTo(expected, within(1e-4));
    }
  }

  @Test
  void checkpointingReachesTheModelAndGivesTheSameUpdates() {
    RolloutSource source = fixed(group(PROMPT, 1, 0, 0, 0), group(new int[] {9, 8}, 2, 0, 1, 0));
    Options options = steps(3).minibatches(2);
    int threads = Torch.threads();
    Torch.setThreads(1); // with two, last bits differ now and then
    try (PolicyModel other = TestModels.random(1)) {
      train(options, source);
      train(options.gradientCheckpointing(true), other, null, source);
      assertThat(policy.gradientCheckpointing()).isFalse();
      assertThat(other.gradientCheckpointing()).isTrue();
      assertSameWeights(other, 0);
    } finally {
      Torch.setThreads(threads);
    }
  }

  @Test
  void numberOfTokensThatWasNotChosenIsRefused() {
    assertThatThrownBy(() -> train(steps(1).microBatchTokens(0), fixed(group(PROMPT, 1, 0, 0, 0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("micro_batch_tokens must be > 0 in a trainer, was 0");
  }

  @Test
  void sameSeedGivesTheSameWeights() {
    RolloutSource source = fixed(group(PROMPT, 1, 0, 0, 0), group(new int[] {9, 8}, 2, 0, 1, 0));
    Options options = steps(3).minibatches(2);
    train(options, source);
    try (PolicyModel other = TestModels.random(1)) {
      train(options, other, null, source);
      assertSameWeights(other, 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 1", "1, 2", "2, 2"})
  void iterationsTimesMinibatchesUpdatesAStep(int iterations, int minibatches) {
    List<Long> asked = new ArrayList<>();
    RolloutSource source =
        (step, version) -> {
          asked.add(step);
          asked.add(version);
          return batch(group(PROMPT, 1, 0, 0, 0), group(new int[] {9}, 0, 1, 0, 0));
        };
    train(steps(2).iterations(iterations).minibatches(minibatches), source);
    long each = (long) iterations * minibatches;
    assertThat(versions).containsExactly(each, 2 * each);
    assertThat(asked).containsExactly(0L, 0L, 1L, each);
    assertThat(reports).extracting(StepReport::step).containsExactly(0L, 1L);
  }

  @Test
  void learningRateFollowsTheScheduleOfUpdates() {
    OptimizerConfig linear =
        new OptimizerConfig(1e-3, LearningRateSchedule.LINEAR, 0, 0, 0.9, 0.999, 1e-8, 1);
    train(steps(2).iterations(2).optimizer(linear), fixed(group(PROMPT, 1, 0, 0, 0)));
    // updates 0 to 3 of 4 have the factors 1, 3/4, 1/2, 1/4; a step reports its last
    assertThat(reports.get(0).metric("learning_rate")).isCloseTo(0.75e-3, within(1e-12));
    assertThat(reports.get(1).metric("learning_rate")).isCloseTo(0.25e-3, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"1, 1, false", "2, 1, true", "1, 2, true"})
  void laterUpdatesOfAStepAreClippedAgainstItsOldPolicy(
      int iterations, int minibatches, boolean clips) {
    // a rate that moves far in one update
    OptimizerConfig fast =
        new OptimizerConfig(0.05, LearningRateSchedule.CONSTANT, 0, 0, 0.9, 0.999, 1e-8, 1);
    train(
        steps(1).iterations(iterations).minibatches(minibatches).optimizer(fast),
        fixed(group(PROMPT, 1, 0, 0, 0), group(new int[] {5, 6}, 1, 0, 0, 0)));
    assertThat(report().metric("clip_ratio/region_mean") > 0).isEqualTo(clips);
    assertThat(report().metric("clip_ratio/high_max") > 0).isEqualTo(clips);
    assertThat(report().metric("clip_ratio/region_mean"))
        .isCloseTo(
            report().metric("clip_ratio/low_mean") + report().metric("clip_ratio/high_mean"),
            within(1e-12));
  }

  @Test
  void klToTheReferenceGrowsFromZero() {
    try (PolicyModel reference = TestModels.random(1)) {
      train(steps(2).beta(0.1), policy, reference, fixed(group(PROMPT, 1, 0, 0, 0)));
    }
    assertThat(reports.get(0).metric("kl")).isCloseTo(0, within(1e-9));
    assertThat(reports.get(1).metric("kl")).isGreaterThan(1e-6);
  }

  @Test
  void klTermHoldsThePolicyBack() {
    double before = sequenceLogProbs()[0];
    train(steps(8), fixed(group(PROMPT, 1, 0, 0, 0)));
    double free = sequenceLogProbs()[0] - before;
    try (PolicyModel held = TestModels.random(1);
        PolicyModel reference = TestModels.random(1)) {
      train(steps(8).beta(5), held, reference, fixed(group(PROMPT, 1, 0, 0, 0)));
      assertThat(sequenceLogProbs(held)[0] - before).isLessThan(free / 2);
    }
  }

  @Test
  void withoutBetaNoKlIsReportedThoughAReferenceIsThere() {
    try (PolicyModel reference = TestModels.random(2)) {
      train(steps(1), policy, reference, fixed(group(PROMPT, 1, 0, 0, 0)));
    }
    assertThat(report().metrics()).doesNotContainKey("kl");
  }

  @Test
  void stepWithoutRolloutsIsRefused() {
    assertThatThrownBy(() -> train(steps(1), fixed()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a step needs at least one group of rollouts, had none");
  }

  @Test
  void betaWithoutAReferenceIsRefused() {
    assertThatThrownBy(() -> train(steps(1).beta(0.1), fixed(group(PROMPT, 1, 0, 0, 0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("beta > 0 needs a reference policy");
  }

  @Test
  void reportsTrlsMetrics() {
    try (PolicyModel reference = TestModels.random(1)) {
      train(steps(1).beta(0.1), policy, reference, fixed(group(PROMPT, 1, 0, 0, 0)));
    }
    assertThat(report().metrics())
        .containsOnlyKeys(
            "loss",
            "reward",
            "reward_std",
            "frac_reward_zero_std",
            "entropy",
            "kl",
            "clip_ratio/low_mean",
            "clip_ratio/low_min",
            "clip_ratio/high_mean",
            "clip_ratio/high_max",
            "clip_ratio/region_mean",
            "completions/mean_length",
            "completions/min_length",
            "completions/max_length",
            "completions/clipped_ratio",
            "completions/mean_terminated_length",
            "completions/min_terminated_length",
            "completions/max_terminated_length",
            "grad_norm",
            "importance_ratio/cut",
            "importance_ratio/max",
            "importance_ratio/mean",
            "importance_ratio/min",
            "learning_rate",
            "health/skipped_steps",
            "health/skipped_updates",
            "health/warnings",
            "memory/rss_mb",
            "num_tokens",
            "padding_ratio",
            "sampling/sampling_logp_difference/mean",
            "sampling/sampling_logp_difference/max",
            "step_time",
            "time/train",
            "tokens_per_second/train");
    assertThat(report().metrics().values()).allMatch(Double::isFinite);
    // one rectangle of 3 prompt tokens, of completions less their last ones 2 x 1 and 1 x 2
    assertThat(report().metric("padding_ratio")).isZero();
    // 4 times 3 prompt tokens and 8 completion tokens
    assertThat(report().metric("num_tokens")).isEqualTo(20);
    assertThat(report().metric("entropy")).isBetween(0.0, Math.log(61));
  }

  @Test
  void tokensAddUpOverSteps() {
    train(steps(3), fixed(group(PROMPT, 1, 0, 0, 0)));
    assertThat(reports).extracting(r -> r.metric("num_tokens")).containsExactly(20.0, 40.0, 60.0);
  }

  @Test
  void samplerThatComputesOtherLogProbsShows() {
    train(steps(1), fixed(group(PROMPT, 1, 0, 0, 0)));
    double[] own = new double[8];
    try (Scope scope = Torch.openScope(Device.cpu());
        PolicyModel fresh = TestModels.random(1)) {
      float[] values = fresh.logProbs(tokens(), TEMPERATURE, scope).values();
      for (int i = 0; i < own.length; i++) {
        own[i] = Math.abs(values[i]); // the fake rollouts say 0
      }
    }
    assertThat(report().metric("sampling/sampling_logp_difference/mean"))
        .isCloseTo(Arrays.stream(own).average().orElseThrow(), within(1e-5));
    assertThat(report().metric("sampling/sampling_logp_difference/max"))
        .isCloseTo(Arrays.stream(own).max().orElseThrow(), within(1e-5));
  }

  @Test
  void promptTokensHaveNoLoss() {
    // The prompt's own tokens would be learnt or unlearnt if they had a loss; they condition only.
    int[] longPrompt = new Random(3).ints(20, 1, 61).toArray();
    try (Scope scope = Torch.openScope(Device.cpu())) {
      TokenBatch batch =
          new TokenBatch(new int[][] {longPrompt}, COMPLETIONS, new int[COMPLETIONS.length]);
      assertThat(policy.logProbs(batch, 1, scope).values()).hasSize(8);
    }
    train(steps(1), fixed(group(longPrompt, 1, 1, 1, 1)));
    assertThat(report().metric("grad_norm")).isZero();
  }

  @Test
  void promptThatExceedsTheModelIsRefusedWithARemedy() {
    int[] tooLong = new int[64];
    assertThatThrownBy(() -> train(steps(1), fixed(group(tooLong, 1, 0, 0, 0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("67 tokens exceeds the model's max_position_embeddings 64")
        .hasMessageContaining("lower sampling.max_new_tokens");
  }

  private StepReport report() {
    return reports.get(reports.size() - 1);
  }

  private void assertSameWeights(PolicyModel other, float tolerance) {
    for (String name : List.of("model.embed_tokens.weight", "model.layers.1.mlp.up_proj.weight")) {
      assertThat(other.tensor(name).array())
          .as(name)
          .containsExactly(policy.tensor(name).array(), within(tolerance));
    }
  }

  private double[] sequenceLogProbs() {
    return sequenceLogProbs(policy);
  }

  private static TokenBatch tokens() {
    return new TokenBatch(new int[][] {PROMPT}, COMPLETIONS, new int[COMPLETIONS.length]);
  }

  private static double[] sequenceLogProbs(PolicyModel model) {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      float[] values = model.logProbs(tokens(), TEMPERATURE, scope).values();
      double[] sums = new double[COMPLETIONS.length];
      int n = 0;
      for (int c = 0; c < sums.length; c++) {
        for (int t = 0; t < COMPLETIONS[c].length; t++) {
          sums[c] += values[n++];
        }
      }
      return sums;
    }
  }

  private void train(Options options, RolloutSource source) {
    train(options, policy, null, source);
  }

  private void train(
      Options options, PolicyModel model, @Nullable PolicyModel reference, RolloutSource source) {
    TestTraining.train(
        options.toConfig(),
        TEMPERATURE,
        model,
        reference,
        TestTraining.telling(source, versions::add),
        TestTraining.usual(),
        reports::add);
  }
}
