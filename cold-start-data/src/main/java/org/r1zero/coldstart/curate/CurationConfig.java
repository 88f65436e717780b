package org.r1zero.coldstart.curate;

import java.util.ArrayList;
import java.util.List;

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
    List<String> faults = new ArrayList<>();
    if (maxPerProblem < 1) {
      faults.add("max_per_problem must be >= 1, was " + maxPerProblem);
    }
    if (target < 0) {
      faults.add("target must be >= 0, was " + target + " (0: no limit)");
    }
    if (!(nearDuplicate >= 0 && nearDuplicate <= 1)) {
      faults.add("near_duplicate must be in [0, 1], was " + nearDuplicate + " (0.8 is usual)");
    }
    if (decontaminateNgram < 0) {
      faults.add("decontaminate_ngram must be >= 0, was " + decontaminateNgram + " (13 is usual)");
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  /** One a problem, no limit, 0.8, 13. */
  public static CurationConfig defaults() {
    return new CurationConfig(1, 0, 0.8, Decontaminator.DEFAULT_NGRAM);
  }
}
