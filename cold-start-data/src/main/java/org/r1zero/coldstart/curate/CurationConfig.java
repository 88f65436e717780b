package org.r1zero.coldstart.curate;

import java.io.Serializable;
import org.r1zero.grpo.faults.Faults;

/**
 * How traces are filtered.
 *
 * @param minPassRate the least share of a problem's traces that the recipe's first reward finds
 *     right: below it all of them are left out, as too hard
 * @param maxPassRate the largest such share: above it the problem is too easy to teach
 * @param maxPerProblem most traces kept of one problem
 * @param target most traces kept in all, shared out evenly among difficulties; 0 for no limit
 * @param nearDuplicate the similarity from which a trace is a duplicate; 0 keeps duplicates
 * @param decontaminateNgram words in a run that must not be shared with an evaluation set; 0 skips
 */
public record CurationConfig(
    double minPassRate,
    double maxPassRate,
    int maxPerProblem,
    int target,
    double nearDuplicate,
    int decontaminateNgram)
    implements Serializable {

  /** Checks the ranges; all faults are named at once. */
  public CurationConfig {
    Faults faults = new Faults();
    faults.require(
        minPassRate >= 0 && minPassRate <= maxPassRate,
        "min_pass_rate",
        "must be in [0, max_pass_rate], was " + minPassRate);
    faults.require(maxPassRate <= 1, "max_pass_rate", "must be <= 1, was " + maxPassRate);
    faults.atLeast(1, "max_per_problem", maxPerProblem);
    faults.atLeast(0, "target", target, "0: no limit");
    faults.require(
        nearDuplicate >= 0 && nearDuplicate <= 1,
        "near_duplicate",
        "must be in [0, 1], was " + nearDuplicate + " (0.8 is usual)");
    faults.atLeast(0, "decontaminate_ngram", decontaminateNgram, "13 is usual");
    faults.check();
  }

  /** Whether problems are left out by how many of their traces are right. */
  public boolean limitsPassRate() {
    return minPassRate > 0 || maxPassRate < 1;
  }

  /**
   * Whether a problem is neither too hard nor too easy.
   *
   * @param right how many of its traces are
   * @param all how many it has
   */
  public boolean allowsPassRate(long right, long all) {
    double rate = all == 0 ? 0 : (double) right / all;
    return minPassRate <= rate && rate <= maxPassRate;
  }

  /** Any pass rate, one a problem, no limit, 0.8, 13. */
  public static CurationConfig defaults() {
    return new CurationConfig(0, 1, 1, 0, 0.8, Decontaminator.DEFAULT_NGRAM);
  }
}
