package org.r1zero.grpo;

import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.faults.Faults;
import org.r1zero.grpo.loss.GeometricMask;
import org.r1zero.grpo.loss.ImportanceCorrection;
import org.r1zero.grpo.loss.OffPolicyMask;

/**
 * Options for rollouts that another policy sampled than the one that is trained: stale weights, or
 * another data type in sampling. TRL's names, without {@code vllm_}.
 *
 * @param oldLogProbs whose log-probs the ratios compare the policy with
 * @param importanceSamplingCorrection whether the loss is multiplied by {@code exp(old - sampling)}
 * @param importanceSamplingMode whether the correction is per token or per completion, and how it
 *     is bounded
 * @param importanceSamplingClipMax the correction's upper bound; {@code null} for none
 * @param importanceSamplingClipMin the correction's lower bound; {@code null} for none
 * @param offPolicyMaskThreshold completions with a negative advantage are left out where they
 *     diverge from the sampler by more than this; {@code null} for never
 * @param rolloutRsThreshold completions are left out where the geometric mean of their tokens'
 *     importance ratios to the sampler is above this (verl's {@code rollout_rs: geometric}); {@code
 *     null} for never
 * @param rolloutRsThresholdLower the same where it is below this; {@code null} takes 1 / {@code
 *     rollout_rs_threshold}
 * @param replayBufferSize groups of unequal rewards that are kept, to be trained again in place of
 *     groups that teach nothing (TRL's {@code GRPOWithReplayBufferTrainer}); 0 for none
 */
public record OffPolicyConfig(
    OldLogProbs oldLogProbs,
    boolean importanceSamplingCorrection,
    ImportanceCorrection.Mode importanceSamplingMode,
    @Nullable Double importanceSamplingClipMax,
    @Nullable Double importanceSamplingClipMin,
    @Nullable Double offPolicyMaskThreshold,
    @Nullable Double rolloutRsThreshold,
    @Nullable Double rolloutRsThresholdLower,
    int replayBufferSize) {

  /** Whose log-probs the old ones are. */
  public enum OldLogProbs {
    /**
     * The policy's at the start of the step, computed as training computes them: clipping bounds
     * what this step changes, and the correction accounts for the sampler. TRL's GRPOTrainer.
     */
    TRAINER,
    /**
     * Those that the sampler recorded: ratios and clipping include its staleness. Saves a forward
     * pass. TRL's AsyncGRPOTrainer.
     */
    SAMPLER
  }

  /** Checks what belongs together; all faults are named at once. */
  public OffPolicyConfig {
    Double min = importanceSamplingClipMin;
    Double max = importanceSamplingClipMax;
    Double threshold = offPolicyMaskThreshold;
    Faults faults = new Faults();
    faults.part("", () -> new ImportanceCorrection(importanceSamplingMode, min, max));
    if (threshold != null) {
      faults.part("", () -> new OffPolicyMask(threshold));
    }
    Double high = rolloutRsThreshold;
    Double low = rolloutRsThresholdLower;
    if (high != null) {
      faults.part("", () -> new GeometricMask(high, low == null ? 1 / high : low));
    }
    faults.require(
        high != null || low == null,
        "rollout_rs_threshold",
        "must be set where rollout_rs_threshold_lower is, was null");
    faults.atLeast(0, "replay_buffer_size", replayBufferSize, "0 replays nothing");
    faults.require(
        replayBufferSize <= 0 || importanceSamplingCorrection || oldLogProbs == OldLogProbs.SAMPLER,
        "old_log_probs",
        "must be sampler, or importance_sampling_correction true, where"
            + " replay_buffer_size is > 0 (older weights sampled what is replayed)");
    faults.require(
        !importanceSamplingCorrection || oldLogProbs == OldLogProbs.TRAINER,
        "old_log_probs",
        "must be trainer where importance_sampling_correction is on, was sampler"
            + " (its ratios would all be 1)");
    faults.check();
  }

  /** TRL's bounds; no correction, since the sampler here is the trainer's own network. */
  public static OffPolicyConfig defaults() {
    return new OffPolicyConfig(
        OldLogProbs.TRAINER,
        false,
        ImportanceCorrection.Mode.SEQUENCE_MASK,
        3.0,
        null,
        null,
        null,
        null,
        0);
  }

  @Nullable ImportanceCorrection correction() {
    return importanceSamplingCorrection
        ? new ImportanceCorrection(
            importanceSamplingMode, importanceSamplingClipMin, importanceSamplingClipMax)
        : null;
  }

  @Nullable GeometricMask geometricMask() {
    Double high = rolloutRsThreshold;
    Double low = rolloutRsThresholdLower;
    return high == null ? null : new GeometricMask(high, low == null ? 1 / high : low);
  }

  @Nullable OffPolicyMask mask() {
    return offPolicyMaskThreshold == null ? null : new OffPolicyMask(offPolicyMaskThreshold);
  }
}
