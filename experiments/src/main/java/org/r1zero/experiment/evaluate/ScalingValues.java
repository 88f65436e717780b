package org.r1zero.experiment.evaluate;

import java.util.NavigableMap;
import java.util.TreeMap;
import org.r1zero.experiment.evaluate.EvaluationDetails.BudgetPoint;

/**
 * What the curves of test-time scaling are means of: one number per problem, problems in the order
 * of their ids. So arms' curves can have intervals over problems and seeds, as their other numbers
 * have.
 *
 * @param passAt unbiased pass@k by k
 * @param consAt accuracy of the majority vote by k; empty where answers can't be told apart
 * @param budgets share of samples that are right and came to their end, by tokens allowed
 */
public record ScalingValues(
    NavigableMap<Integer, double[]> passAt,
    NavigableMap<Integer, double[]> consAt,
    NavigableMap<Integer, double[]> budgets) {

  /** Those of an evaluation, for the same k and tokens as its own numbers. */
  public static ScalingValues of(Evaluation evaluation) {
    Analysis analysis = new Analysis(evaluation.completions());
    EvaluationDetails details = evaluation.details();
    NavigableMap<Integer, double[]> passAt = new TreeMap<>();
    details.passAt().keySet().forEach(k -> passAt.put(k, analysis.passAtOfProblems(k)));
    NavigableMap<Integer, double[]> consAt = new TreeMap<>();
    details.consAt().keySet().forEach(k -> consAt.put(k, analysis.consAtOfProblems(k)));
    NavigableMap<Integer, double[]> budgets = new TreeMap<>();
    int most = details.budgets().isEmpty() ? 0 : details.budgets().get(0).tokens();
    for (BudgetPoint point : details.budgets()) {
      most = Math.max(most, point.tokens());
    }
    for (BudgetPoint point : details.budgets()) {
      budgets.put(point.tokens(), analysis.budgetOfProblems(point.tokens(), most));
    }
    return new ScalingValues(passAt, consAt, budgets);
  }
}
