package org.r1zero.rollout.difficulty;

import org.r1zero.grpo.faults.Faults;

/**
 * Which problems are asked next.
 *
 * @param strategy how they are chosen
 * @param forgetting what an observation counts for a step later, as a share of what it counts now:
 *     the policy changes, and with it what is hard. 1 forgets nothing
 * @param targetPassRate the pass rate that {@code curriculum} steers to
 * @param stepSize how far {@code curriculum} moves its difficulty in a step, as a share of the
 *     range from the easiest problem to the hardest
 */
public record SamplerConfig(
    Strategy strategy, double forgetting, double targetPassRate, double stepSize) {

  /** How problems are chosen. */
  public enum Strategy {
    /** All in turn, each epoch in another order. */
    UNIFORM,
    /**
     * From easy to hard as the policy keeps up: those nearest to a difficulty that rises while more
     * than {@code target_pass_rate} of the answers are right, and falls else. AdaRFT
     * (arXiv:2504.05520, section 3), in verl's recipe of that name {@code data.adarft}. Difficulty
     * is the data's {@code pass_rate} or {@code difficulty}; a problem with neither has the one
     * that was observed.
     */
    CURRICULUM,
    /**
     * Those that are likely to have right and wrong answers in one group, by Thompson sampling: see
     * {@link ProblemSampler}.
     */
    BANDIT
  }

  /** Checks the ranges; all faults are named at once. */
  public SamplerConfig {
    Faults faults = new Faults();
    faults.require(
        forgetting > 0 && forgetting <= 1,
        "forgetting",
        "must be in (0, 1], was " + forgetting + " (1 forgets nothing)");
    faults.require(
        targetPassRate > 0 && targetPassRate < 1,
        "target_pass_rate",
        "must be in (0, 1), was " + targetPassRate + " (AdaRFT uses 0.5)");
    faults.require(
        stepSize > 0 && stepSize <= 1,
        "step_size",
        "must be in (0, 1], was " + stepSize + " (0.05 is small, 0.5 AdaRFT's)");
    faults.check();
  }

  /** All problems in turn. */
  public static SamplerConfig defaults() {
    return new SamplerConfig(Strategy.UNIFORM, 0.95, 0.5, 0.05);
  }
}
