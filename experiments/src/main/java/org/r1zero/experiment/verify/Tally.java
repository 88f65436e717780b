package org.r1zero.experiment.verify;

import java.util.ArrayList;
import java.util.List;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Verdict;

/** Counts verdicts. */
final class Tally {

  private static final int MAX_SHOWN = 20;

  private final List<VerifySummary.BadLine> bad = new ArrayList<>();
  private long badCount;
  private long records;
  private long correct;
  private double scores;
  private long withExpected;
  private long falsePositives;
  private long falseNegatives;
  private long unparseable;
  private long timeouts;
  private long errors;
  private String firstError = "";

  void bad(int line, String reason) {
    badCount++;
    if (bad.size() < MAX_SHOWN) {
      bad.add(new VerifySummary.BadLine(line, reason));
    }
  }

  void add(AnswerRecord answer, Verdict verdict) {
    records++;
    scores += verdict.score();
    boolean right = verdict.outcome() == Outcome.CORRECT;
    correct += right ? 1 : 0;
    unparseable += verdict.outcome() == Outcome.UNPARSEABLE ? 1 : 0;
    timeouts += verdict.outcome() == Outcome.TIMEOUT ? 1 : 0;
    if (verdict.outcome() == Outcome.ERROR) {
      if (errors++ == 0) {
        firstError = "line " + answer.line() + ": " + verdict.reason();
      }
    }
    if (answer.expected() != null) {
      withExpected++;
      falsePositives += right && !answer.expected() ? 1 : 0;
      falseNegatives += !right && answer.expected() ? 1 : 0;
    }
  }

  VerifySummary summary(String verifier, double seconds) {
    return new VerifySummary(
        verifier,
        records,
        List.copyOf(bad),
        badCount,
        correct,
        records == 0 ? 0 : scores / records,
        withExpected,
        withExpected - falsePositives - falseNegatives,
        falsePositives,
        falseNegatives,
        unparseable,
        timeouts,
        errors,
        firstError,
        seconds);
  }
}
