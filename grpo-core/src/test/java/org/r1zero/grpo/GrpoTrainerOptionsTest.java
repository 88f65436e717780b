package org.r1zero.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.r1zero.grpo.TestTraining.COMPLETIONS;
import static org.r1zero.grpo.TestTraining.PROMPT;

import ai.djl.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.r1zero.grpo.advantage.GroupRelative;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.loss.ImportanceCorrection;
import org.r1zero.grpo.loss.LossType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.TestModels;
import org.r1zero.grpo.model.TokenBatch;
import org.r1zero.grpo.optim.OptimizerConfig;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/** Options of the objective, seen through whole steps of training. */
@Tag("slow")
class GrpoTrainerOptionsTest {
  private static final String WEIGHT = "model.layers.1.mlp.up_proj.weight";
  private static final OptimizerConfig OPTIMIZER = TestTraining.steps(1).optimizer();

  private final List<StepReport> reports = new ArrayList<>();
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
  void theReferenceIsMixedWithThePolicyEveryFewUpdates() {
    List<float[]> weights = new ArrayList<>(List.of(weight(policy)));
    try (PolicyModel reference = TestModels.random(1)) {
      GrpoConfig config =
          config(
              5,
              false,
              AdvantageConfig.defaults(),
              new LossConfig(LossType.GRPO, 0.2, 0.2, 0.1),
              EntropyConfig.defaults(),
              OffPolicyConfig.defaults(),
              new ReferenceConfig(true, 0.25, 2));
      train(config, policy, reference, group(1, 0, 0, 0), () -> weights.add(weight(policy)));
      float[] followed = weights.get(0);
      for (int update : new int[] {2, 4}) {
        for (int i = 0; i < followed.length; i++) {
          followed[i] = 0.25f * weights.get(update)[i] + 0.75f * followed[i];
        }
      }
      assertThat(weight(reference)).containsExactly(followed, within(1e-6f));
      assertThat(weights.get(4)[0]).isNotEqualTo(weights.get(2)[0]);
    }
  }

  @Test
  void truncatedCompletionsHaveNoGradientButAPartInTheBaseline() {
    GrpoConfig masking = masking(true);
    float[] before = weight(policy);
    train(masking, truncated(true, true, true, true));
    assertThat(weight(policy)).isEqualTo(before);
    assertThat(report().metric("grad_norm")).isZero();
    train(masking, truncated(true, false, false, false));
    assertThat(report().metric("grad_norm")).isPositive();
    assertThat(report().metric("reward")).isEqualTo(0.25);
  }

  private static GrpoConfig masking(boolean mask) {
    return config(
        1,
        mask,
        AdvantageConfig.defaults(),
        LossConfig.defaults(),
        EntropyConfig.defaults(),
        OffPolicyConfig.defaults(),
        ReferenceConfig.defaults());
  }

  @Test
  void anEntropyBonusRaisesTheEntropyOfWhatIsSampled() {
    GrpoConfig config = entropy(new EntropyConfig(0.5, false, 0, 1, 0.005, 0.2), 8);
    train(config, group(0, 0, 0, 0)); // rewards say nothing
    assertThat(report().metric("entropy")).isGreaterThan(reports.get(0).metric("entropy") + 0.05);
    assertThat(report().metric("entropy_coef")).isEqualTo(0.5);
    assertThat(report().metric("policy_loss")).isZero();
    assertThat(report().metric("loss")).isNegative();
  }

  @Test
  void theAdaptiveBonusStartsAfterAnUpdateBelowTheTarget() {
    train(entropy(new EntropyConfig(0, true, 0, 0.25, 0.1, 100), 4), group(0, 0, 0, 0));
    assertThat(reports.stream().map(r -> r.metric("entropy_coef")).toList())
        .containsExactly(0.1, 0.2, 0.25, 0.25);
    assertThat(reports.get(0).metric("grad_norm")).isZero();
    assertThat(reports.get(1).metric("grad_norm")).isPositive();
    reports.clear();
    train(entropy(new EntropyConfig(0.2, true, 0.05, 1, 0.1, 0), 3), group(0, 0, 0, 0));
    assertThat(reports.stream().map(r -> r.metric("entropy_coef")).toList())
        .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-12 ? 0 : 1)
        .containsExactly(0.1, 0.05, 0.05);
    assertThat(report().metric("grad_norm")).isZero();
  }

  private static GrpoConfig entropy(EntropyConfig entropy, int steps) {
    return config(
        steps,
        false,
        AdvantageConfig.defaults(),
        LossConfig.defaults(),
        entropy,
        OffPolicyConfig.defaults(),
        ReferenceConfig.defaults());
  }

  @Test
  void samplersLogProbsCanBeTheOldOnes() {
    GrpoConfig sampler = offPolicy(OffPolicyConfig.OldLogProbs.SAMPLER, false);
    GrpoConfig trainer = offPolicy(OffPolicyConfig.OldLogProbs.TRAINER, false);
    // what the policy itself says: the same update; log-probs of 0, far likelier: low ratios
    train(sampler, withSampling(logProbs(), 1, 0, 0, 0));
    float[] same = weight(policy);
    PolicyModel other = TestModels.random(1);
    try (other) {
      train(trainer, other, null, withSampling(logProbs(), 1, 0, 0, 0), () -> {});
      assertThat(weight(other)).containsExactly(same, within(1e-5f));
    }
    train(sampler, withSampling(new float[8], 1, 0, 0, 0));
    assertThat(report().metric("clip_ratio/low_mean")).isPositive();
  }

  @Test
  void correctionShowsAndBoundsTheRatiosToTheSampler() {
    GrpoConfig config = offPolicy(OffPolicyConfig.OldLogProbs.TRAINER, true);
    float[] sampling = logProbs();
    for (int i = 0; i < sampling.length; i++) {
      sampling[i] -= (float) Math.log(i == 0 ? 100 : 2);
    }
    train(config, withSampling(sampling, 1, 0, 0, 0));
    assertThat(report().metric("sampling/importance_sampling_ratio/max")).isEqualTo(3);
    assertThat(report().metric("sampling/importance_sampling_ratio/min"))
        .isCloseTo(2, within(1e-4));
    assertThat(report().metric("sampling/importance_sampling_ratio/mean"))
        .isCloseTo((3 + 7 * 2) / 8.0, within(1e-4));
  }

  private static GrpoConfig offPolicy(OffPolicyConfig.OldLogProbs old, boolean correct) {
    OffPolicyConfig offPolicy =
        new OffPolicyConfig(
            old, correct, ImportanceCorrection.Mode.TOKEN_TRUNCATE, 3.0, null, null, null, null, 0);
    return config(
        1,
        false,
        AdvantageConfig.defaults(),
        LossConfig.defaults(),
        EntropyConfig.defaults(),
        offPolicy,
        ReferenceConfig.defaults());
  }

  @Test
  void aDeadGroupIsReplacedByAnEarlierOne() {
    OffPolicyConfig replaying =
        new OffPolicyConfig(
            OffPolicyConfig.OldLogProbs.SAMPLER,
            false,
            ImportanceCorrection.Mode.TOKEN_TRUNCATE,
            3.0,
            null,
            null,
            null,
            null,
            4);
    GrpoConfig config =
        config(
            3,
            false,
            AdvantageConfig.defaults(),
            new LossConfig(LossType.GRPO, 1, 100, 0), // its rate is high: ratios go far
            EntropyConfig.defaults(),
            replaying,
            ReferenceConfig.defaults());
    float[] sampling = logProbs();
    RolloutGroup mixed = withSampling(sampling, 1, 0, 0, 0);
    RolloutGroup dead = withSampling(sampling, 1, 1, 1, 1);
    RolloutSource source =
        (step, version) -> new RolloutBatch(List.of(step == 0 ? mixed : dead), Map.of());
    TestTraining.train(config, 1, policy, null, source, TestTraining.usual(), reports::add);
    assertThat(reports).extracting(r -> r.metric("replay/groups")).containsExactly(0.0, 1.0, 1.0);
    assertThat(reports).extracting(r -> r.metric("replay/mean_age")).containsExactly(0.0, 1.0, 2.0);
    assertThat(reports).allMatch(r -> r.metric("grad_norm") > 0);
    assertThat(reports.get(1).metric("frac_reward_zero_std")).as("what was sampled").isEqualTo(1);
  }

  @Test
  void dppoTrainsFromTheSamplersLogProbs() {
    OffPolicyConfig sampler =
        new OffPolicyConfig(
            OffPolicyConfig.OldLogProbs.SAMPLER,
            false,
            ImportanceCorrection.Mode.TOKEN_TRUNCATE,
            3.0,
            null,
            null,
            null,
            null,
            0);
    GrpoConfig config =
        config(
            2,
            false,
            AdvantageConfig.defaults(),
            new LossConfig(LossType.DPPO, 0.15, 0.15, 0),
            EntropyConfig.defaults(),
            sampler,
            ReferenceConfig.defaults());
    train(config, withSampling(logProbs(), 1, 0, 0, 0));
    assertThat(reports.get(0).metric("grad_norm")).isPositive();
    assertThat(reports.get(0).metric("importance_ratio/mean")).isCloseTo(1, within(1e-5));
    assertThat(reports.get(0).metric("mask_ratio/overall_mean")).isZero();
  }

  @Test
  void klInTheRewardIsReportedAndMovesAdvantages() {
    AdvantageConfig rloo =
        new AdvantageConfig(
            AdvantageConfig.Estimator.RLOO,
            AdvantageConfig.MultiObjectiveAggregation.SUM_THEN_NORMALIZE,
            false,
            true);
    GrpoConfig config =
        config(
            2,
            false,
            rloo,
            new LossConfig(LossType.GRPO, 0.2, 0.2, 0.1),
            EntropyConfig.defaults(),
            OffPolicyConfig.defaults(),
            ReferenceConfig.defaults());
    try (PolicyModel reference = TestModels.random(2)) {
      train(config, policy, reference, group(0, 0, 0, 0), () -> {});
    }
    assertThat(reports.get(0).metric("kl")).isNotNaN().isNotZero();
    // rewards are equal: only the divergence makes advantages
    assertThat(reports.get(0).metric("grad_norm")).isPositive();
  }

  private static GrpoConfig config(
      int steps,
      boolean maskTruncated,
      AdvantageConfig advantage,
      LossConfig loss,
      EntropyConfig entropy,
      OffPolicyConfig offPolicy,
      ReferenceConfig reference) {
    return new GrpoConfig(
        steps,
        1,
        4,
        1,
        1,
        10_000,
        false,
        GroupRelative.Scale.GROUP,
        maskTruncated,
        advantage,
        loss,
        entropy,
        offPolicy,
        reference,
        OPTIMIZER);
  }

  private void train(GrpoConfig config, RolloutGroup group) {
    train(config, policy, null, group, () -> {});
  }

  private void train(
      GrpoConfig config,
      PolicyModel model,
      @Nullable PolicyModel reference,
      RolloutGroup group,
      Runnable afterUpdate) {
    TestTraining.train(
        config,
        1,
        model,
        reference,
        TestTraining.telling(TestTraining.fixed(group), version -> afterUpdate.run()),
        TestTraining.usual(),
        reports::add);
  }

  private StepReport report() {
    return reports.get(reports.size() - 1);
  }

  private static float[] weight(PolicyModel model) {
    return model.tensor(WEIGHT).array().clone();
  }

  private float[] logProbs() {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      TokenBatch batch =
          new TokenBatch(new int[][] {PROMPT}, COMPLETIONS, new int[COMPLETIONS.length]);
      return policy.logProbs(batch, 1, scope).values().clone();
    }
  }

  private static RolloutGroup group(double... rewards) {
    return withSampling(new float[8], rewards);
  }

  /** Sampling log-probs completion after completion. */
  private static RolloutGroup withSampling(float[] sampling, double... rewards) {
    List<Rollout> rollouts = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < rewards.length; i++) {
      int length = COMPLETIONS[i].length;
      float[] own = new float[length];
      System.arraycopy(sampling, from, own, 0, length);
      rollouts.add(new Rollout(COMPLETIONS[i], own, rewards[i], false, 0));
      from += length;
    }
    return new RolloutGroup("p", PROMPT, rollouts);
  }

  private static RolloutGroup truncated(boolean... cut) {
    List<Rollout> rollouts = new ArrayList<>();
    for (int i = 0; i < cut.length; i++) {
      float[] own = new float[COMPLETIONS[i].length];
      rollouts.add(new Rollout(COMPLETIONS[i], own, i == 0 ? 1 : 0, cut[i], 0));
    }
    return new RolloutGroup("p", PROMPT, rollouts);
  }
}
