package org.r1zero.experiment.evaluate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.r1zero.coldstart.curate.DataEngine;
import org.r1zero.rollout.RewardScorer;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;
import org.r1zero.verify.reward.FailureLimit;
import org.r1zero.verify.reward.PortableReward;
import org.r1zero.verify.reward.Reward;
import org.r1zero.verify.reward.RewardEntry;
import org.r1zero.verify.reward.ScoringConfig;

/** Scores the completions of an evaluation. */
@FunctionalInterface
public interface Scorer {

  /** The rewards of each problem's completions, in their order. */
  List<List<Reward>> score(List<Problem> problems, List<List<Completion>> completions);

  /**
   * Scores on the cluster that this process was started on, otherwise by a scorer of this process.
   *
   * @param rewards what the scorer scores by
   */
  static Scorer of(RewardScorer here, List<RewardEntry> rewards, ScoringConfig scoring) {
    Optional<DataEngine> cluster = DataEngine.found();
    return cluster.isEmpty() ? here::score : on(cluster.get(), rewards, scoring);
  }

  /** A completion that is sent to be scored. */
  record Asked(Problem problem, Completion completion) implements Serializable {}

  /** Scores on a cluster. */
  static Scorer on(DataEngine cluster, List<RewardEntry> rewards, ScoringConfig scoring) {
    PortableReward reward = new PortableReward(rewards, scoring);
    DataEngine.Work<Asked, Reward> work = one -> reward.score(one.problem(), one.completion());
    return (problems, completions) -> {
      List<Asked> asked = new ArrayList<>();
      for (int p = 0; p < problems.size(); p++) {
        for (Completion completion : completions.get(p)) {
          asked.add(new Asked(problems.get(p), completion));
        }
      }
      List<Reward> all =
          cluster.each(String.format("score %,d completions", asked.size()), work, asked);
      new FailureLimit(scoring.maxFailedRatio()).check(all);
      List<List<Reward>> scored = new ArrayList<>();
      int from = 0;
      for (List<Completion> some : completions) {
        scored.add(List.copyOf(all.subList(from, from + some.size())));
        from += some.size();
      }
      return scored;
    };
  }
}
