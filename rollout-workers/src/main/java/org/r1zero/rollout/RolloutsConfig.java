package org.r1zero.rollout;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.r1zero.grpo.faults.Faults;
import org.r1zero.rollout.difficulty.SamplerConfig;
import org.r1zero.rollout.worker.WorkerPools;

/**
 * How rollouts are made: by whom, when, and which of them training gets.
 *
 * @param workers generators that sample at once
 * @param backend where workers are: {@code in_process}, {@code process}, or {@code spark}
 * @param devices devices that in-process workers sample on, in turn: {@code cpu} or {@code cuda:N};
 *     an empty list is the policy's own
 * @param threads processor threads of each worker; 0 is all of the machine where a step is one unit
 *     of work, otherwise 1
 * @param unitProblems problems that one generator call samples together; 0 is a whole step. It
 *     decides last bits, so it never follows from the number of workers
 * @param mode whether the next step's rollouts are sampled while this one trains
 * @param maxStaleness training steps that a rollout's oldest token may lie behind the policy that
 *     it trains, as TRL's {@code max_staleness}
 * @param hangTimeout seconds after which a worker that samples nothing, or computes nothing of an
 *     update, is taken for hung
 * @param maxReplacements workers that may be lost in a row with nothing sampled in between
 * @param weightsFolder where worker processes find the weights; {@code auto} is shared memory
 * @param learners tasks that share the computing of an update's gradient, on workers of {@code
 *     backend: spark}; 0 leaves it to this process. Sums depend on their number
 * @param sampler which problems are asked
 * @param filterGroups which groups are replaced by other problems
 * @param partialRollouts whether long rollouts go on in later steps
 */
public record RolloutsConfig(
    int workers,
    String backend,
    List<String> devices,
    int threads,
    int unitProblems,
    Mode mode,
    int maxStaleness,
    double hangTimeout,
    int maxReplacements,
    String weightsFolder,
    int learners,
    SamplerConfig sampler,
    FilterGroups filterGroups,
    PartialRollouts partialRollouts) {

  /** Backends on this machine. */
  private static final Set<String> HERE = Set.of("in_process", "process");

  /** When rollouts are sampled. */
  public enum Mode {
    /** With the newest weights, while training waits. */
    SYNC,
    /** One step ahead, with the weights from before the update that goes on meanwhile. */
    ASYNC
  }

  /** Checks what the parts can't check alone; all faults are named at once. */
  public RolloutsConfig {
    Faults faults = new Faults();
    faults.atLeast(1, "workers", workers);
    faults.require(
        WorkerPools.backends().contains(backend),
        "backend",
        String.format(
            "must be one of %s, was %s%s",
            String.join(", ", WorkerPools.backends()),
            backend,
            backend.equals("spark") ? " (./r1zero submit has it: docs/spark.md)" : ""));
    faults.require(
        devices.isEmpty() || backend.equals("in_process"),
        "devices",
        "must be empty where backend is " + backend + ", was " + devices + " (try in_process)");
    faults.require(
        devices.size() <= workers,
        "workers",
        "must be at least as many as devices, was " + workers + " for " + devices.size());
    faults.atLeast(0, "threads", threads, "0 chooses");
    faults.atLeast(0, "unit_problems", unitProblems, "0 is a whole step");
    faults.require(
        workers <= 1 || unitProblems != 0,
        "unit_problems",
        "must be >= 1 where workers is "
            + workers
            + ": with 0 a step is one unit, and one worker does it all (try problems_per_step"
            + " divided by twice the workers)");
    faults.require(
        mode != Mode.ASYNC || maxStaleness >= 1,
        "max_staleness",
        "must be >= 1 where mode is async, was " + maxStaleness + " (its rollouts are a step old)");
    faults.atLeast(0, "max_staleness", maxStaleness);
    int leastForPartial = mode == Mode.ASYNC ? 2 : 1;
    faults.require(
        !partialRollouts.enable() || maxStaleness >= leastForPartial,
        "max_staleness",
        String.format(
            "must be >= %s for partial_rollouts in this mode, was %s (their first tokens "
                + "are a step older)",
            leastForPartial, maxStaleness));
    faults.require(hangTimeout >= 1, "hang_timeout", "must be >= 1 second, was " + hangTimeout);
    faults.atLeast(0, "max_replacements", maxReplacements);
    faults.require(
        !weightsFolder.isBlank(), "weights_folder", "must be auto or a folder, was empty");
    faults.atLeast(0, "learners", learners, "0 trains in this process");
    faults.require(
        learners == 0 || !HERE.contains(backend),
        "learners",
        "must be 0 where backend is " + backend + ", was " + learners + " (try spark)");
    faults.require(
        learners == 0 || mode == Mode.SYNC,
        "learners",
        "must be 0 where mode is async, was "
            + learners
            + " (the workers that sample ahead can't train)");
    faults.check();
    devices = List.copyOf(devices);
  }

  /** One generator in this process, in turn with training. */
  public static RolloutsConfig defaults() {
    return new RolloutsConfig(
        1,
        "in_process",
        List.of(),
        0,
        0,
        Mode.SYNC,
        1,
        300,
        3,
        "auto",
        0,
        SamplerConfig.defaults(),
        FilterGroups.defaults(),
        PartialRollouts.defaults());
  }

  /** Processor threads of each worker; 0 leaves them to libtorch. */
  public int workerThreads() {
    return threads > 0 || unitProblems == 0 ? threads : 1;
  }

  /** How many steps old the weights are that new rollouts are sampled with. */
  int lead(long step) {
    return mode == Mode.ASYNC && step > 0 ? 1 : 0;
  }

  /** How long a worker may be silent. */
  public Duration hangDuration() {
    return Duration.ofMillis(Math.round(hangTimeout * 1000));
  }

  /**
   * Dynamic sampling (DAPO, arXiv:2503.14476, section 3.2), under verl's names: a group whose
   * rollouts are all as good as each other teaches nothing and is replaced by another problem.
   *
   * @param enable whether groups are replaced
   * @param metric what is compared within a group
   * @param maxNumGenBatches most rounds of sampling in a step; the groups still missing then are
   *     filled up with some that teach nothing. 0 is no limit
   */
  public record FilterGroups(boolean enable, Metric metric, int maxNumGenBatches) {

    /** What is compared. */
    public enum Metric {
      /** The reward that training maximises. */
      SEQ_REWARD,
      /** Whether the first reward's verifier finds the completion right. */
      ACC
    }

    /** Checks the range. */
    public FilterGroups {
      if (maxNumGenBatches < 0) {
        throw new IllegalArgumentException(
            "max_num_gen_batches must be >= 0, was " + maxNumGenBatches + " (0 is no limit)");
      }
    }

    /** Off. */
    public static FilterGroups defaults() {
      return new FilterGroups(false, Metric.SEQ_REWARD, 10);
    }
  }

  /**
   * Long rollouts in parts (Kimi k1.5, arXiv:2501.12599, section 2.6.2): in a step each sequence
   * gets a number of tokens; groups that are not finished go on in the next step, with newer
   * weights, and keep the log-probs of the tokens that they have.
   *
   * @param enable whether groups are carried over
   * @param tokensPerStep most tokens that a sequence samples in a round
   * @param overSampling groups that are begun beyond those that a step trains: as many may be
   *     carried over; at most {@code problems_per_step}
   */
  public record PartialRollouts(boolean enable, int tokensPerStep, int overSampling) {

    /** Checks the ranges; all faults are named at once. */
    public PartialRollouts {
      Faults faults = new Faults();
      faults.require(
          !enable || tokensPerStep >= 1, "tokens_per_step", "must be >= 1, was " + tokensPerStep);
      faults.require(
          !enable || overSampling >= 1,
          "over_sampling",
          "must be >= 1, was "
              + overSampling
              + " (groups that may be carried over to the next step)");
      faults.check();
    }

    /** Off. */
    public static PartialRollouts defaults() {
      return new PartialRollouts(false, 256, 1);
    }
  }
}
