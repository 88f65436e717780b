package org.r1zero.grpo.advantage;

/**
 * The rewards of one problem's {@code G} rollouts.
 *
 * @param rewards summed over verifiers, {@code [G]}; NaN where none could score a rollout
 * @param scores each verifier's own score, {@code [G][K]}; NaN where one did not apply
 * @param tokens counted completion tokens, {@code [G]}; 0 for a rollout that has no part in the
 *     loss
 */
public record GroupRewards(double[] rewards, double[][] scores, int[] tokens) {

  /** Checks that all are of the same rollouts. */
  public GroupRewards {
    if (scores.length != rewards.length || tokens.length != rewards.length) {
      throw new IllegalArgumentException(
          String.format(
              "a group needs scores and tokens for each of its %s rewards, had %s and %s",
              rewards.length, scores.length, tokens.length));
    }
  }

  /** Rewards of rollouts of one token each, from one verifier. */
  public static GroupRewards of(double... rewards) {
    double[][] scores = new double[rewards.length][];
    int[] tokens = new int[rewards.length];
    for (int i = 0; i < rewards.length; i++) {
      scores[i] = new double[] {rewards[i]};
      tokens[i] = 1;
    }
    return new GroupRewards(rewards, scores, tokens);
  }
}
