package org.r1zero.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.r1zero.grpo.advantage.GroupRelative;
import org.r1zero.grpo.loss.ClippedSurrogate;
import org.r1zero.grpo.loss.DppoSurrogate;
import org.r1zero.grpo.loss.GeometricMask;
import org.r1zero.grpo.loss.ImportanceCorrection;
import org.r1zero.grpo.loss.ImportanceLevel;
import org.r1zero.grpo.loss.KlEstimator;
import org.r1zero.grpo.loss.KlPenalty;
import org.r1zero.grpo.loss.LossType;
import org.r1zero.grpo.loss.PolicyLoss;
import org.r1zero.grpo.loss.TopEntropyMask;
import org.r1zero.grpo.optim.OptimizerConfig;

class GrpoConfigTest {

  @Test
  void defaultsAreOneOnPolicyUpdateAStep() {
    assertThat(GrpoConfig.defaults())
        .isEqualTo(
            new GrpoConfig(
                100,
                8,
                8,
                1,
                1,
                8192,
                GroupRelative.Scale.GROUP,
                LossConfig.defaults(),
                OptimizerConfig.defaults()));
    assertThat(GrpoConfig.defaults().updatesPerStep()).isEqualTo(1);
  }

  @Test
  void countsUpdates() {
    GrpoConfig config = config(5, 4, 8, 3, 2, 1);
    assertThat(config.updatesPerStep()).isEqualTo(6);
    assertThat(config.totalUpdates()).isEqualTo(30);
  }

  @Test
  void allFaultsAreNamedAtOnceWithTheirRemedies() {
    assertThatThrownBy(() -> config(0, -1, 1, 0, 2, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "steps must be >= 1, was 0; problems_per_step must be >= 1, was -1; "
                + "num_generations must be >= 2, was 1 (rewards are compared within a group; 8 is"
                + " usual); num_iterations must be >= 1, was 0; micro_batch_tokens must be >= 0,"
                + " was -1 (0 has the run choose by the memory that is free); num_minibatches must be <= problems_per_step (-1), was 2");
  }

  @Test
  void optionsDescribeTheLoss() {
    GrpoConfig config = with(new LossConfig(LossType.DAPO, 0.1, 0.28, 0.04));
    assertThat(config.toLoss())
        .isEqualTo(
            new PolicyLoss(
                new ClippedSurrogate(0.1, 0.28, null),
                LossType.DAPO.aggregation(),
                ImportanceLevel.TOKEN,
                new KlPenalty(0.04, KlEstimator.K3, false),
                null,
                null,
                null,
                new TopEntropyMask(1),
                0));
    assertThat(config.usesReference()).isTrue();
  }

  @Test
  void epsilonHighIsEpsilonUnlessGiven() {
    assertThat(LossConfig.defaults().epsilonHigh()).isNull();
    assertThat(with(LossConfig.defaults()).toLoss().surrogate())
        .isEqualTo(new ClippedSurrogate(0.2, 0.2, null));
  }

  @Test
  void klInTheRewardLeavesTheLoss() {
    AdvantageConfig advantage =
        new AdvantageConfig(
            AdvantageConfig.Estimator.RLOO,
            AdvantageConfig.MultiObjectiveAggregation.SUM_THEN_NORMALIZE,
            true,
            true);
    GrpoConfig config =
        with(
            new LossConfig(LossType.GRPO, 0.2, 0.2, 0.1),
            advantage,
            OffPolicyConfig.defaults(),
            ReferenceConfig.defaults());
    assertThat(config.usesReference()).isTrue();
    assertThat(config.toLoss().usesReference()).isFalse();
  }

  @Test
  void optionsThatDoNotGoTogetherAreRefused() {
    assertThatThrownBy(
            () ->
                with(
                    LossConfig.defaults(),
                    AdvantageConfig.defaults(),
                    OffPolicyConfig.defaults(),
                    new ReferenceConfig(true, 0.6, 512)))
        .hasMessageContaining("loss.beta must be > 0 where reference.sync_ref_model is on");
    assertThatThrownBy(
            () ->
                new OffPolicyConfig(
                    OffPolicyConfig.OldLogProbs.SAMPLER,
                    true,
                    ImportanceCorrection.Mode.TOKEN_TRUNCATE,
                    null,
                    null,
                    -1.0,
                    0.9,
                    null,
                    -1))
        .hasMessageContaining("importance_sampling_clip_max must be set")
        .hasMessageContaining("off_policy_mask_threshold must be > 0, was -1.0")
        .hasMessageContaining("rollout_rs_threshold must be > 1, was 0.9")
        .hasMessageContaining("replay_buffer_size must be >= 0, was -1")
        .hasMessageContaining("old_log_probs must be trainer");
    assertThatThrownBy(
            () ->
                new AdvantageConfig(
                    AdvantageConfig.Estimator.RLOO,
                    AdvantageConfig.MultiObjectiveAggregation.NORMALIZE_THEN_SUM,
                    false,
                    true))
        .hasMessageContaining("multi_objective_aggregation must be sum_then_normalize")
        .hasMessageContaining("use_kl_in_reward must be false");
    assertThatThrownBy(() -> new ReferenceConfig(true, 2, 0))
        .hasMessageContaining("ref_model_mixup_alpha must be in [0, 1], was 2.0")
        .hasMessageContaining("ref_model_sync_steps must be >= 1, was 0");
    assertThatThrownBy(() -> new EntropyConfig(Double.NaN, true, 2, 1, -1, -1))
        .hasMessageContaining("entropy_coef must be finite")
        .hasMessageContaining("entropy_coef_min must be <= entropy_coef_max (1.0), was 2.0")
        .hasMessageContaining("entropy_coef_delta must be >= 0")
        .hasMessageContaining("entropy_target must be >= 0");
  }

  @Test
  void dppoIsMeasuredFromTheSampler() {
    LossConfig dppo = new LossConfig(LossType.DPPO, 0.15, 0.15, 0);
    assertThatThrownBy(() -> with(dppo))
        .hasMessageContaining("off_policy.old_log_probs must be sampler where loss.loss_type is");
    OffPolicyConfig sampler =
        new OffPolicyConfig(
            OffPolicyConfig.OldLogProbs.SAMPLER,
            false,
            ImportanceCorrection.Mode.SEQUENCE_MASK,
            3.0,
            null,
            null,
            1.01,
            null,
            8);
    GrpoConfig config = with(dppo, AdvantageConfig.defaults(), sampler, ReferenceConfig.defaults());
    assertThat(config.toLoss().surrogate())
        .isEqualTo(new DppoSurrogate(0.15, 0.15, DppoSurrogate.Divergence.BINARY_TV, 20));
    assertThat(config.toLoss().geometricMask()).isEqualTo(new GeometricMask(1.01, 1 / 1.01));
  }

  @Test
  void olderRolloutsAreReplayedOnlyWhereThatIsAccountedFor() {
    assertThatThrownBy(
            () ->
                new OffPolicyConfig(
                    OffPolicyConfig.OldLogProbs.TRAINER,
                    false,
                    ImportanceCorrection.Mode.SEQUENCE_MASK,
                    3.0,
                    null,
                    null,
                    null,
                    0.9,
                    8))
        .hasMessageContaining("old_log_probs must be sampler, or importance_sampling_correction")
        .hasMessageContaining("rollout_rs_threshold must be set");
  }

  private static GrpoConfig with(LossConfig loss) {
    return with(
        loss, AdvantageConfig.defaults(), OffPolicyConfig.defaults(), ReferenceConfig.defaults());
  }

  private static GrpoConfig with(
      LossConfig loss,
      AdvantageConfig advantage,
      OffPolicyConfig offPolicy,
      ReferenceConfig reference) {
    return new GrpoConfig(
        1,
        1,
        2,
        1,
        1,
        1,
        false,
        GroupRelative.Scale.NONE,
        false,
        advantage,
        loss,
        EntropyConfig.defaults(),
        offPolicy,
        reference,
        OptimizerConfig.defaults());
  }

  @Test
  void lossConfigRefusesWhatTheLossRefuses() {
    assertThatThrownBy(() -> new LossConfig(LossType.GRPO, 0, 0, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("epsilon must be in (0, 1], was 0.0")
        .hasMessageContaining("epsilon_high must be > 0, was 0.0")
        .hasMessageContaining("beta must be >= 0, was -1.0");
  }

  private static GrpoConfig config(
      int steps, int problems, int generations, int iterations, int minibatches, int tokens) {
    return new GrpoConfig(
        steps,
        problems,
        generations,
        iterations,
        minibatches,
        tokens,
        GroupRelative.Scale.NONE,
        LossConfig.defaults(),
        OptimizerConfig.defaults());
  }
}
