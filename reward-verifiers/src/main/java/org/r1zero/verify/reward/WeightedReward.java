package org.r1zero.verify.reward;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.Verifiers;

/**
 * The weighted sum of verifiers' scores, with gates.
 *
 * <p>A gate is a verifier that has to find the completion {@link Outcome#CORRECT}: format gates
 * accuracy. Where one does not, nothing is earned: only the negative terms count, so that a
 * completion can't escape a penalty by missing a gate. Every verifier is asked all the same, since
 * metrics show each one's score.
 */
public final class WeightedReward implements RewardFunction {

  private final List<Term> terms;

  /**
   * One verifier in the sum.
   *
   * @param column what metrics and rollouts call it
   * @param verifier judges
   * @param weight its score is multiplied by this
   * @param gate whether nothing is earned unless it finds the completion right
   */
  public record Term(String column, Verifier verifier, double weight, boolean gate) {}

  /**
   * Sums terms.
   *
   * @throws IllegalArgumentException if there is none, or two have the same column
   */
  public WeightedReward(List<Term> terms) {
    if (terms.isEmpty()) {
      throw new IllegalArgumentException(
          "rewards must name at least one verifier, such as {verifier: number}");
    }
    Set<String> columns = new HashSet<>();
    for (Term term : terms) {
      if (!columns.add(term.column())) {
        throw new IllegalArgumentException(
            "two rewards are called '" + term.column() + "'; give one of them another 'name'");
      }
    }
    this.terms = List.copyOf(terms);
  }

  /**
   * Makes the verifiers that a recipe names, each guarded against its own faults.
   *
   * @throws IllegalArgumentException if one is unknown or has a wrong option
   */
  public static WeightedReward of(
      List<RewardEntry> entries, Verifiers known, ScoringConfig scoring) {
    Duration limit = Duration.ofNanos((long) (scoring.timeoutSeconds() * 1e9));
    List<Term> terms = new ArrayList<>();
    for (RewardEntry entry : entries) {
      Verifier verifier = known.create(entry.verifier(), entry.options());
      Verifier guarded = new GuardedVerifier(verifier, limit);
      terms.add(new Term(entry.column(), guarded, entry.weight(), entry.gate()));
    }
    return new WeightedReward(terms);
  }

  /**
   * Checks that a problem has what every verifier needs.
   *
   * @throws IllegalArgumentException if it lacks something: a fault of the data set
   */
  public void check(Problem problem) {
    terms.forEach(term -> term.verifier().check(problem));
  }

  @Override
  public Reward score(Problem problem, Completion completion) {
    Map<String, Verdict> verdicts = new LinkedHashMap<>();
    double earned = 0;
    double penalties = 0;
    double perPaid = 0;
    boolean open = true;
    for (Term term : terms) {
      Verdict verdict = term.verifier().verify(problem, completion);
      verdicts.put(term.column(), verdict);
      if (verdict.outcome() == Outcome.NOT_APPLICABLE) {
        continue; // adds nothing, and closes no gate
      }
      double part = term.weight() * verdict.score();
      earned += Math.max(part, 0);
      penalties += Math.min(part, 0);
      if (term.verifier().scoresTurns(problem) && !verdict.outcome().isFailure()) {
        perPaid += term.weight();
      }
      open &= !term.gate() || verdict.outcome() == Outcome.CORRECT;
    }
    // behind a closed gate no turn is paid either: what is left of the total is for the whole
    return open
        ? new Reward(earned + penalties, verdicts, perPaid)
        : new Reward(penalties, verdicts);
  }
}
