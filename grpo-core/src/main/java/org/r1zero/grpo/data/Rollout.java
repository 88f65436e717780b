package org.r1zero.grpo.data;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One sampled completion with its reward.
 *
 * @param tokens the sampled token ids, the end-of-sequence token included where it was sampled;
 *     {@code [T]}, at least one
 * @param policyLogProbs log-probability of each token under the policy at the sampling temperature
 *     without filters, as the sampler computed it: what training must reproduce, and what ratios to
 *     the sampler are taken of; {@code [T]}; NaN for a token that the policy did not sample, as in
 *     an environment's observation
 * @param reward what training maximises, where rewards are summed before they are compared
 * @param scores each verifier's own score, unweighted, in the recipe's order, {@code [K]}; NaN
 *     where a verifier did not apply; empty where only the sum is known
 * @param truncated whether the limit on new tokens cut it off
 * @param policyVersion how many optimizer updates the sampling policy had seen
 * @param turns of the policy in a conversation, in order, whose rewards add up to {@code reward};
 *     empty where all tokens are one turn
 */
public record Rollout(
    int[] tokens,
    float[] policyLogProbs,
    double reward,
    double[] scores,
    boolean truncated,
    long policyVersion,
    List<Turn> turns) {

  /**
   * What the policy sampled between two observations.
   *
   * @param from its first token's place in the rollout
   * @param to the place after its last one
   * @param reward what this turn was paid
   */
  public record Turn(int from, int to, double reward) {}

  /** Checks that there are tokens, a log-probability for each, and finite rewards. */
  @SuppressWarnings("NullAway") // states of versions without turns are read as null
  public Rollout {
    turns = turns == null ? List.of() : List.copyOf(turns);
    if (tokens.length == 0 || policyLogProbs.length != tokens.length) {
      throw new IllegalArgumentException(
          String.format(
              "a rollout needs tokens and a log-prob for each; had %s and %s",
              tokens.length, policyLogProbs.length));
    }
    if (!Double.isFinite(reward)) {
      throw new IllegalArgumentException("reward must be finite, was " + reward);
    }
    if (Arrays.stream(scores).anyMatch(Double::isInfinite)) {
      throw new IllegalArgumentException(
          "scores must be finite, or NaN for none, were " + Arrays.toString(scores));
    }
    int end = 0;
    for (Turn turn : turns) {
      if (turn.from < end
          || turn.to < turn.from
          || turn.to > tokens.length
          || !Double.isFinite(turn.reward)) {
        throw new IllegalArgumentException(
            String.format(
                "turns must be stretches of the %s tokens, in order, with finite rewards, were %s",
                tokens.length, turns));
      }
      end = turn.to;
    }
  }

  /** Whether there is a reward: where no verifier applied there is none, whatever the sum says. */
  public boolean hasReward() {
    return scores.length == 0 || !Arrays.stream(scores).allMatch(Double::isNaN);
  }

  /** Which tokens the policy sampled, {@code [T]}; {@code null} where it did all. */
  public boolean @Nullable [] sampled() {
    boolean[] sampled = new boolean[tokens.length];
    boolean all = true;
    for (int t = 0; t < sampled.length; t++) {
      sampled[t] = !Float.isNaN(policyLogProbs[t]);
      all &= sampled[t];
    }
    return all ? null : sampled;
  }

  /** A rollout of one turn. */
  public Rollout(
      int[] tokens,
      float[] policyLogProbs,
      double reward,
      double[] scores,
      boolean truncated,
      long policyVersion) {
    this(tokens, policyLogProbs, reward, scores, truncated, policyVersion, List.of());
  }

  /** The turns, or all tokens as one. */
  public List<Turn> turnsOrWhole() {
    return turns.isEmpty() ? List.of(new Turn(0, tokens.length, reward)) : turns;
  }

  /** A rollout of which only the summed reward is known. */
  public Rollout(
      int[] tokens, float[] policyLogProbs, double reward, boolean truncated, long policyVersion) {
    this(tokens, policyLogProbs, reward, new double[0], truncated, policyVersion);
  }
}
