package org.r1zero.verify.reward;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;

/**
 * How completions are judged, whatever the verifiers.
 *
 * @param threads completions judged at the same time; 0 for as many as there are cores
 * @param timeoutSeconds the longest time for one verdict; a verifier that takes longer has failed
 * @param maxFailedRatio the share of a step's completions that may have a failed verdict (the
 *     verifier threw, or took too long); the run stops above it. 1 never stops it.
 * @param plugins folders of plug-in jars, in which more verifiers and data sets are looked for
 */
public record ScoringConfig(
    int threads, double timeoutSeconds, double maxFailedRatio, List<String> plugins)
    implements Serializable {

  /** Checks the ranges; all faults are named at once. */
  public ScoringConfig {
    Refusal refusal = new Refusal();
    refusal.unless(threads >= 0, "threads must be >= 0 (0: one per core), was " + threads);
    refusal.unless(
        timeoutSeconds > 0 && timeoutSeconds <= 3600,
        "timeout_seconds must be in (0, 3600], was " + timeoutSeconds);
    refusal.unless(
        maxFailedRatio >= 0 && maxFailedRatio <= 1,
        "max_failed_ratio must be in [0, 1], was " + maxFailedRatio);
    refusal.check();
    plugins = List.copyOf(plugins);
  }

  /** Without plug-ins. */
  public ScoringConfig(int threads, double timeoutSeconds, double maxFailedRatio) {
    this(threads, timeoutSeconds, maxFailedRatio, List.of());
  }

  /** One per core, a minute, half of the completions. */
  public static ScoringConfig defaults() {
    return new ScoringConfig(0, 60, 0.5);
  }

  /** The folders of {@link #plugins}. */
  public List<Path> pluginFolders() {
    return plugins.stream().map(Path::of).toList();
  }

  /** How many threads {@link #threads} means here. */
  public int threadCount() {
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }
}
