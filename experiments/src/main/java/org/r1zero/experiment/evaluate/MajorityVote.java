package org.r1zero.experiment.evaluate;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.random.MersenneTwister;
import org.apache.commons.math3.util.CombinatoricsUtils;

/**
 * cons@k, the accuracy of the answer that most of k samples give (Wang et al., arXiv:2203.11171;
 * reported as cons@64 by DeepSeek-R1).
 *
 * <p>Samples without an answer do not vote; where none votes the problem is wrong. Where several
 * answers have most votes, one of them is taken by lot: a right one among t tied answers counts
 * 1/t.
 */
public final class MajorityVote {
  private static final int MOST_SUBSETS = 5000;
  private static final int DRAWS = 2000;
  private final int[] votes;
  private final boolean[] right;
  private final int answers;

  /**
   * Takes the samples of one problem.
   *
   * @param votes the number of each sample's answer, from 0; -1 for none
   * @param right whether each sample is right
   */
  public MajorityVote(int[] votes, boolean[] right) {
    if (votes.length != right.length || votes.length == 0) {
      throw new IllegalArgumentException(
          String.format(
              "as many votes as verdicts are needed, at least one; had %s and %s",
              votes.length, right.length));
    }
    this.votes = votes.clone();
    this.right = right.clone();
    int most = -1;
    for (int vote : votes) {
      most = Math.max(most, vote);
    }
    this.answers = most + 1;
  }

  /**
   * The mean over all subsets of k samples; where these are more than 5,000, over 2,000 of them
   * drawn by a fixed seed.
   *
   * @throws IllegalArgumentException if k is not within 1 and the number of samples
   */
  public double at(int k) {
    int n = votes.length;
    if (k < 1 || k > n) {
      throw new IllegalArgumentException("cons@k needs 1 <= k <= " + n + ", was " + k);
    }
    if (CombinatoricsUtils.binomialCoefficientDouble(n, k) > MOST_SUBSETS) {
      return drawn(k);
    }
    double sum = 0;
    int count = 0;
    for (var subsets = CombinatoricsUtils.combinationsIterator(n, k); subsets.hasNext(); count++) {
      sum += of(subsets.next());
    }
    return sum / count;
  }

  /** Whether several answers share the most votes of all samples. */
  public boolean isTied() {
    return winners(all()).size() > 1;
  }

  private double drawn(int k) {
    MersenneTwister random = new MersenneTwister(k);
    int[] order = all();
    int[] subset = new int[k];
    double sum = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      for (int i = 0; i < k; i++) {
        int j = i + random.nextInt(order.length - i);
        int picked = order[j];
        order[j] = order[i];
        order[i] = picked;
        subset[i] = picked;
      }
      sum += of(subset);
    }
    return sum / DRAWS;
  }

  private int[] all() {
    int[] all = new int[votes.length];
    java.util.Arrays.setAll(all, i -> i);
    return all;
  }

  private double of(int[] subset) {
    List<Integer> winners = winners(subset);
    double share = 0;
    for (int winner : winners) {
      share += isRight(winner) ? 1.0 / winners.size() : 0;
    }
    return share;
  }

  private List<Integer> winners(int[] subset) {
    int[] counts = new int[answers];
    int most = 1;
    for (int sample : subset) {
      if (votes[sample] >= 0) {
        most = Math.max(most, ++counts[votes[sample]]);
      }
    }
    List<Integer> winners = new ArrayList<>();
    for (int answer = 0; answer < answers; answer++) {
      if (counts[answer] == most) {
        winners.add(answer);
      }
    }
    return winners;
  }

  /** As its first sample: equal answers have equal verdicts. */
  private boolean isRight(int answer) {
    for (int i = 0; i < votes.length; i++) {
      if (votes[i] == answer) {
        return right[i];
      }
    }
    return false;
  }
}
