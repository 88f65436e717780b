package org.r1zero.grpo;

import java.util.ArrayList;
import java.util.List;
import org.r1zero.grpo.advantage.AdvantageEstimator;
import org.r1zero.grpo.advantage.GroupRewards;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.data.Sample;

/**
 * An advantage for each turn of a conversation: turn {@code k} of a rollout has the return {@code
 * R_k = r_k + gamma * R_(k+1)}, which is compared with the returns of turn {@code k} in the group's
 * other rollouts.
 *
 * <p>Discounted returns from a step on are GiGPO's (arXiv:2505.10978, its step level) and GTPO's
 * (arXiv:2511.14846); rewards of turns that are compared turn by turn are MT-GRPO's
 * (arXiv:2505.11821), which normalises each reward before it adds them up. GiGPO compares steps
 * from the same state; here they have the same number, since states are texts that hardly recur.
 *
 * @param estimator compares the returns of one turn
 * @param gamma the discount from a turn to the one before
 * @param klCoef what the divergence of a turn's tokens is multiplied by and taken off its reward; 0
 *     where it is no part of it
 */
record TurnCredit(AdvantageEstimator estimator, double gamma, double klCoef) {

  /**
   * Gives each turn's tokens its advantage, and 0 to those between turns. A turn that no other
   * rollout of the group has is compared with nothing: group-relative estimators give it 0.
   *
   * @param samples of the groups' rollouts, in their order
   */
  List<List<Sample>> withAdvantages(List<RolloutGroup> groups, List<List<Sample>> samples) {
    List<GroupRewards> compared = new ArrayList<>();
    for (int g = 0; g < groups.size(); g++) {
      compared.addAll(turns(groups.get(g).rollouts(), samples.get(g)));
    }
    List<double[]> advantages = estimator.estimate(compared);
    List<List<Sample>> result = new ArrayList<>();
    int first = 0;
    for (int g = 0; g < groups.size(); g++) {
      List<Rollout> rollouts = groups.get(g).rollouts();
      List<Sample> group = new ArrayList<>();
      for (int i = 0; i < rollouts.size(); i++) {
        double[] each = new double[rollouts.get(i).tokens().length];
        List<Rollout.Turn> turns = rollouts.get(i).turnsOrWhole();
        for (int k = 0; k < turns.size(); k++) {
          for (int t = turns.get(k).from(); t < turns.get(k).to(); t++) {
            each[t] = advantages.get(first + k)[i];
          }
        }
        group.add(samples.get(g).get(i).withAdvantages(each));
      }
      result.add(group);
      first += mostTurns(rollouts);
    }
    return result;
  }

  private static int mostTurns(List<Rollout> rollouts) {
    return rollouts.stream().mapToInt(r -> r.turnsOrWhole().size()).max().orElse(0);
  }

  /** The returns of each turn of a group; NaN for a rollout that has no such turn, or no reward. */
  private List<GroupRewards> turns(List<Rollout> rollouts, List<Sample> samples) {
    int most = mostTurns(rollouts);
    int size = rollouts.size();
    double[][] returns = new double[most][size];
    int[][] tokens = new int[most][size];
    for (int i = 0; i < size; i++) {
      List<Rollout.Turn> turns = rollouts.get(i).turnsOrWhole();
      double later = rollouts.get(i).hasReward() ? 0 : Double.NaN;
      for (int k = most - 1; k >= 0; k--) {
        if (k >= turns.size()) {
          returns[k][i] = Double.NaN;
          continue;
        }
        Rollout.Turn turn = turns.get(k);
        Sample sample = samples.get(i);
        double penalty =
            klCoef == 0 ? 0 : klCoef * SamplePreparation.kl(sample, turn.from(), turn.to());
        later = turn.reward() - penalty + gamma * later;
        returns[k][i] = later;
        tokens[k][i] = sample.countedTokens(turn.from(), turn.to());
      }
    }
    List<GroupRewards> each = new ArrayList<>();
    for (int k = 0; k < most; k++) {
      each.add(new GroupRewards(returns[k], new double[size][0], tokens[k]));
    }
    return each;
  }
}
