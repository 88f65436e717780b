package org.r1zero.verify.reward;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Verdict;

/**
 * The reward of one completion.
 *
 * @param total the number that training maximises
 * @param verdicts what each verifier said, by its column, in the order of the recipe
 * @param perPaid how much of the total each unit is that an environment paid over the turns: the
 *     weight of the verifier that scores it; 0 where nothing of that is in the total
 */
public record Reward(double total, Map<String, Verdict> verdicts, double perPaid)
    implements Serializable {

  /** A reward for the whole completion. */
  public Reward(double total, Map<String, Verdict> verdicts) {
    this(total, verdicts, 0);
  }

  /** Checks the total and fixes the verdicts. */
  public Reward {
    if (!Double.isFinite(total)) {
      throw new IllegalArgumentException("total must be finite, was " + total);
    }
    verdicts = Collections.unmodifiableMap(new LinkedHashMap<>(verdicts));
  }

  /** Whether a verifier failed on it, by an error or a timeout, or none has anything to say. */
  public boolean isFailed() {
    return verdicts.values().stream().anyMatch(verdict -> verdict.outcome().isFailure())
        || !hasScore();
  }

  /** Whether any verifier has something to say; where none has, the total stands for nothing. */
  public boolean hasScore() {
    return verdicts.isEmpty()
        || verdicts.values().stream()
            .anyMatch(verdict -> verdict.outcome() != Outcome.NOT_APPLICABLE);
  }

  /**
   * Whether a verifier found the completion right.
   *
   * @throws IllegalArgumentException if no such verifier judged it
   */
  public boolean isCorrect(String verifier) {
    Verdict verdict = verdicts.get(verifier);
    if (verdict == null) {
      throw new IllegalArgumentException(
          "no verifier " + verifier + " judged this; there are " + verdicts.keySet());
    }
    return verdict.outcome() == Outcome.CORRECT;
  }
}
