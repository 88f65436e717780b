package org.r1zero.experiment.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.r1zero.experiment.config.RewardEntry;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.Verifiers;
import org.r1zero.verify.reward.Reward;
import org.r1zero.verify.reward.RewardFunction;

/** A recipe's rewards as one function: a weighted sum, 0 where a gate is not passed. */
final class Rewards implements RewardFunction {
  private final List<RewardEntry> entries;
  private final List<Verifier> verifiers = new ArrayList<>();

  Rewards(List<RewardEntry> entries, Verifiers known) {
    this.entries = entries;
    for (RewardEntry entry : entries) {
      verifiers.add(known.create(entry.verifier(), entry.options()));
    }
  }

  @Override
  public Reward score(Problem problem, Completion completion) {
    Map<String, Verdict> verdicts = new LinkedHashMap<>();
    double total = 0;
    boolean open = true;
    for (int i = 0; i < verifiers.size(); i++) {
      Verdict verdict = verifiers.get(i).verify(problem, completion);
      verdicts.put(verifiers.get(i).id(), verdict);
      total += entries.get(i).weight() * verdict.score();
      open &= !entries.get(i).gate() || verdict.outcome() == Outcome.CORRECT;
    }
    return new Reward(open ? total : 0, verdicts);
  }
}
