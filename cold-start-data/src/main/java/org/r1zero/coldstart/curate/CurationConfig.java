package org.r1zero.coldstart.curate;

import org.r1zero.grpo.faults.Faults;

/**
 * How traces are filtered.
 *
 * @param maxPerProblem most traces kept of one problem
 * @param target most traces kept in all, shared out evenly among difficulties; 0 for no limit
 * @param nearDuplicate the similarity from which a trace is a duplicate; 0 keeps duplicates
 * @param decontaminateNgram words in a run that must not be shared with an evaluation set; 0 skips
 */
public record CurationConfig(
    int maxPerProblem, int target, double nearDuplicate, int decontaminateNgram) {

  /** Checks the ranges; all faults are named at once. */
  public CurationConfig {
    Faults faults = new Faults();
    faults.atLeast(1, "max_per_problem", maxPerProblem);
    faults.atLeast(0, "target", target, "0: no limit");
    faults.require(
        nearDuplicate >= 0 && nearDuplicate <= 1,
        "near_duplicate",
        "must be in [0, 1], was " + nearDuplicate + " (0.8 is usual)");
    faults.atLeast(0, "decontaminate_ngram", decontaminateNgram, "13 is usual");
    faults.check();
  }

  /** One a problem, no limit, 0.8, 13. */
  public static CurationConfig defaults() {
    return new CurationConfig(1, 0, 0.8, Decontaminator.DEFAULT_NGRAM);
  }
}
