package org.r1zero.experiment.evaluate;

import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluation says beyond pass@1. Rates are shares of the sampled completions, or of the
 * greedy ones where none was sampled; intervals are over problems.
 *
 * @param passAt unbiased pass@k by k
 * @param consAt accuracy of the majority vote by k; empty where answers can't be told apart
 * @param tied share of problems where the vote of all samples is tied
 * @param byDifficulty accuracy of each difficulty, in their order; empty where problems have none
 * @param readability {@code null} where it was not judged
 * @param selfChecks signs of checking and correcting
 * @param budgets accuracy against tokens allowed, the smallest first
 */
public record EvaluationDetails(
    NavigableMap<Integer, Interval> passAt,
    NavigableMap<Integer, Interval> consAt,
    double tied,
    List<DifficultyRow> byDifficulty,
    @Nullable Readability readability,
    SelfCheckRates selfChecks,
    List<BudgetPoint> budgets) {

  /**
   * The problems of one difficulty.
   *
   * @param difficulty as the data set names it
   * @param problems how many
   * @param greedy pass@1 of greedy decoding
   * @param sampled pass@1 as the mean of samples
   */
  public record DifficultyRow(String difficulty, int problems, Interval greedy, Interval sampled) {}

  /**
   * How readable the completions are; docs/verifiers.md defines the verdicts.
   *
   * @param languageMixing share of completions with fewer than 97 % of their words in the wanted
   *     language
   * @param languageConsistency mean share of words in the wanted language
   * @param repetition share of completions of which more than a quarter says nothing new
   * @param format share of completions that keep to the tags strictly
   * @param truncated share of completions that the limit cut off
   * @param length mean tokens of a completion
   * @param readable share of completions that are in one language, do not repeat themselves and
   *     come to their end
   */
  public record Readability(
      Interval languageMixing,
      Interval languageConsistency,
      Interval repetition,
      Interval format,
      Interval truncated,
      Interval length,
      Interval readable) {}

  /**
   * Signs of self-verification and error correction ({@link SelfChecks}).
   *
   * @param verifying share of completions that say that they check
   * @param correcting share of completions that say that something was wrong
   * @param corrected how many completions correct
   * @param correctedRight how many of those are right in the end
   * @param wrongToRight how many of those had another number than the gold last before the
   *     correction, and are right
   * @param rightToWrong how many of those had the gold last before the correction, and are wrong
   */
  public record SelfCheckRates(
      Interval verifying,
      Interval correcting,
      int corrected,
      int correctedRight,
      int wrongToRight,
      int rightToWrong) {}

  /**
   * Test-time scaling: the same samples, cut off.
   *
   * @param tokens allowed
   * @param accuracy where only completions count that came to their end within these tokens
   * @param finished share of completions that did
   */
  public record BudgetPoint(int tokens, Interval accuracy, double finished) {}
}
