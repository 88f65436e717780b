package org.r1zero.verify.reward;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verifiers;

/**
 * A reward function that can be sent to another process: its verifiers are made where it is first
 * asked, and stay there for all that say the same, however often they are sent. Thread-safe.
 */
public final class PortableReward implements RewardFunction, Serializable {
  private static final long serialVersionUID = 1;

  /** Verifiers hold programs, caches and limits of requests, of which a process has one. */
  private static final Map<Said, WeightedReward> HERE = new ConcurrentHashMap<>();

  private final List<RewardEntry> entries;
  private final ScoringConfig scoring;

  private record Said(List<RewardEntry> entries, ScoringConfig scoring) {}

  /**
   * Takes what a recipe says.
   *
   * @param scoring its folders of plug-ins must be there in each process
   */
  public PortableReward(List<RewardEntry> entries, ScoringConfig scoring) {
    this.entries = List.copyOf(entries);
    this.scoring =
        new ScoringConfig(
            scoring.threads(),
            scoring.timeoutSeconds(),
            scoring.maxFailedRatio(),
            scoring.pluginFolders().stream()
                .map(folder -> folder.toAbsolutePath().toString())
                .toList());
  }

  /** The verifiers' columns, in their order. */
  public List<String> columns() {
    return entries.stream().map(RewardEntry::column).toList();
  }

  /**
   * Makes the verifiers in this process, where they are not there yet.
   *
   * @throws IllegalArgumentException if one is unknown or has a wrong option
   */
  public WeightedReward open() {
    return HERE.computeIfAbsent(
        new Said(entries, scoring),
        said -> WeightedReward.of(entries, Verifiers.discover(scoring.pluginFolders()), scoring));
  }

  @Override
  public Reward score(Problem problem, Completion completion) {
    return open().score(problem, completion);
  }
}
