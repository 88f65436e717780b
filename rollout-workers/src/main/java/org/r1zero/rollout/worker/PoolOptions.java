package org.r1zero.rollout.worker;

import ai.djl.Device;
import java.time.Duration;
import java.util.List;
import org.r1zero.grpo.faults.Faults;

/**
 * How a pool is run.
 *
 * @param workers how many generators sample at once
 * @param threads that one operation of a worker may use; 0 leaves libtorch's own choice
 * @param ahead whether weights are published while a call with older ones goes on
 * @param hangTimeout a worker that samples nothing for so long is taken for hung
 * @param maxReplacements so many workers may be lost with no unit done in between
 * @param devices that workers in this process sample on, in turn; empty for the policy's own
 * @param trained whether the policy is trained while these workers are there: what a GPU has free is
 *     then not theirs alone
 */
public record PoolOptions(
    int workers,
    int threads,
    boolean ahead,
    Duration hangTimeout,
    int maxReplacements,
    List<Device> devices,
    boolean trained) {

  /** Checks the ranges; all faults are named at once. */
  public PoolOptions {
    Faults faults = new Faults();
    faults.atLeast(1, "workers", workers);
    faults.atLeast(0, "threads", threads, "0 uses all processor cores");
    faults.require(
        hangTimeout.toMillis() >= 100, "hangTimeout", "must be at least 0.1 s, was " + hangTimeout);
    faults.atLeast(0, "maxReplacements", maxReplacements);
    faults.check();
    devices = List.copyOf(devices);
  }

  /** On the policy's own device, with nothing trained. */
  public PoolOptions(
      int workers, int threads, boolean ahead, Duration hangTimeout, int maxReplacements) {
    this(workers, threads, ahead, hangTimeout, maxReplacements, List.of(), false);
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
