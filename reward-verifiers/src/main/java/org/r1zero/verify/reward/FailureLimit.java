package org.r1zero.verify.reward;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.r1zero.verify.Verdict;

/**
 * Stops a run when verifiers fail on too many completions.
 *
 * @param maxFailedRatio the share of completions that may have a failed verdict, in [0, 1]
 */
public record FailureLimit(double maxFailedRatio) {

  /**
   * Checks the rewards of one step.
   *
   * @throws RewardFailureException if the share of completions with an error or a timeout is above
   *     the limit; the message has the first failure
   */
  public void check(Collection<Reward> rewards) {
    List<Reward> failed = rewards.stream().filter(Reward::isFailed).toList();
    if (failed.size() <= maxFailedRatio * rewards.size()) {
      return;
    }
    Map.Entry<String, Verdict> first =
        failed.get(0).verdicts().entrySet().stream()
            .filter(entry -> entry.getValue().outcome().isFailure())
            .findFirst()
            .orElse(failed.get(0).verdicts().entrySet().iterator().next());
    throw new RewardFailureException(
        String.format(
            Locale.ROOT,
            "%d of %d completions could not be judged (%.1f %%), more than max_failed_ratio %s"
                + " allows; the first: verifier '%s': %s",
            failed.size(),
            rewards.size(),
            100.0 * failed.size() / rewards.size(),
            maxFailedRatio,
            first.getKey(),
            first.getValue().reason()));
  }
}
