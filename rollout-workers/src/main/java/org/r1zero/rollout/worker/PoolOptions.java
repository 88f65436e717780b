package org.r1zero.rollout.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How a pool is run.
 *
 * @param workers how many generators sample at once
 * @param threads that one operation of a worker may use; 0 leaves libtorch's own choice
 * @param ahead whether weights are published while a call with older ones goes on
 * @param hangTimeout a worker that samples nothing for so long is taken for hung
 * @param maxReplacements so many workers may be lost with no unit done in between
 */
public record PoolOptions(
    int workers, int threads, boolean ahead, Duration hangTimeout, int maxReplacements) {

  /** Checks the ranges; all faults are named at once. */
  public PoolOptions {
    List<String> faults = new ArrayList<>();
    if (workers < 1) {
      faults.add("workers must be >= 1, was " + workers);
    }
    if (threads < 0) {
      faults.add("threads must be >= 0, was " + threads + " (0 uses all processor cores)");
    }
    if (hangTimeout.toMillis() < 100) {
      faults.add("hangTimeout must be at least 0.1 s, was " + hangTimeout);
    }
    if (maxReplacements < 0) {
      faults.add("maxReplacements must be >= 0, was " + maxReplacements);
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  /** One worker with the whole machine. */
  public static PoolOptions single() {
    return new PoolOptions(1, 0, false, Duration.ofMinutes(5), 3);
  }

  /** Versions of the weights that are kept at once. */
  int slots() {
    return ahead ? 2 : 1;
  }
}
