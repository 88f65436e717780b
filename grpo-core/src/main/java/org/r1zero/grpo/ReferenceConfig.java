package org.r1zero.grpo;

import org.r1zero.grpo.faults.Faults;

/**
 * How the reference policy follows the policy: TR-DPO (arXiv:2404.09656), section 3, under TRL's
 * names.
 *
 * @param syncRefModel whether the reference policy follows at all
 * @param refModelMixupAlpha {@code reference = alpha * policy + (1 - alpha) * reference}; 1 copies
 * @param refModelSyncSteps optimizer updates between two mixes of the policy into the reference
 */
public record ReferenceConfig(
    boolean syncRefModel, double refModelMixupAlpha, int refModelSyncSteps) {

  /** Checks the ranges; all faults are named at once. */
  public ReferenceConfig {
    Faults faults = new Faults();
    faults.require(
        refModelMixupAlpha >= 0 && refModelMixupAlpha <= 1,
        "ref_model_mixup_alpha",
        "must be in [0, 1], was " + refModelMixupAlpha + " (1 copies)");
    faults.require(
        refModelSyncSteps > 0, "ref_model_sync_steps", "must be >= 1, was " + refModelSyncSteps);
    faults.check();
  }

  /** TRL's: the reference stays the initial policy. */
  public static ReferenceConfig defaults() {
    return new ReferenceConfig(false, 0.6, 512);
  }

  /** Whether the reference is mixed after an update. */
  boolean isDue(long updates) {
    return syncRefModel && updates % refModelSyncSteps == 0;
  }
}
