package org.r1zero.verify.reward;

import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;

/** Says the same of every completion. */
record Fixed(String id, Outcome outcome, double score, ScoreRange range) implements Verifier {

  Fixed(String id, Outcome outcome, double score) {
    this(id, outcome, score, ScoreRange.UNIT);
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    return new Verdict(score, outcome, "fixed");
  }
}
