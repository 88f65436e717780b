package org.r1zero.grpo;

import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.faults.Faults;
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
 */
public record OffPolicyConfig(
    OldLogProbs oldLogProbs,
    boolean importanceSamplingCorrection,
    ImportanceCorrection.Mode importanceSamplingMode,
    @Nullable Double importanceSamplingClipMax,
    @Nullable Double importanceSamplingClipMin,
    @Nullable Double offPolicyMaskThreshold) {

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
        OldLogProbs.TRAINER, false, ImportanceCorrection.Mode.SEQUENCE_MASK, 3.0, null, null);
  }

  @Nullable ImportanceCorrection correction() {
    return importanceSamplingCorrection
        ? new ImportanceCorrection(
            importanceSamplingMode, importanceSamplingClipMin, importanceSamplingClipMax)
        : null;
  }

  @Nullable OffPolicyMask mask() {
    return offPolicyMaskThreshold == null ? null : new OffPolicyMask(offPolicyMaskThreshold);
  }
}
