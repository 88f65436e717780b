package org.r1zero.rollout.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Machines that run tasks: what a pool needs of Spark, or of anything else that runs {@link
 * RemoteWorkers#run} elsewhere and tries again where that is lost. All methods but a {@link Run}'s
 * are for several threads.
 */
public interface Cluster extends AutoCloseable {

  /** Bytes that tasks can read wherever they run. */
  interface Block extends Serializable {

    /** Reads it from the start, on any machine. */
    InputStream open() throws IOException;
  }

  /** Hears how far a task is while it runs; for several threads. */
  @FunctionalInterface
  interface TaskProgress {

    /**
     * Takes the newest numbers.
     *
     * @param finished sequences that are complete
     * @param tokens sampled so far
     */
    void sampled(long finished, long tokens);
  }

  /** A task among those that run at the same time, as it sees itself. */
  interface Together {

    /** Its number. */
    int rank();

    /** By which the others reach its machine. */
    String host();
  }

  /** How far a task is. */
  record Sampled(long finished, long tokens) {}

  /** What a task gave. */
  record Answer(int task, byte[] bytes) {}

  /** Tasks that were started together. */
  interface Run {

    /**
     * Waits for the next task that is done. A task that ran twice may answer twice.
     *
     * @return null where none was done in time
     * @throws WorkerFailureException if a task was lost too often
     */
    @Nullable Answer next(long millis) throws InterruptedException;

    /** How far tasks are that have not answered, by their numbers, as far as it is known. */
    default Map<Integer, Sampled> progress() {
      return Map.of();
    }

    /** Ends what still runs, without waiting for it. */
    void cancel();
  }

  /**
   * Hands a file's first bytes to the machines.
   *
   * @param name for people to read
   */
  Block publish(String name, Path file, long bytes) throws IOException;

  /** Gives a block's room free; no task reads it any more. */
  void release(Block block);

  /**
   * Starts tasks.
   *
   * @param what for people to read
   * @param tasks for {@link RemoteWorkers#run}
   */
  Run start(String what, List<byte[]> tasks);

  /**
   * Starts tasks that run at the same time. Where one is lost, all end, and {@link Run#next} throws
   * a {@link WorkerFailureException}.
   *
   * @param what for people to read
   * @param tasks for {@link RemoteWorkers#learn}; their order is their rank's
   */
  Run startTogether(String what, List<byte[]> tasks);

  /**
   * How many tasks can run at the same time. Where they are fewer than wanted, it waits a while for
   * machines that may still be on their way.
   */
  int slots(int wanted);

  /** By which tasks reach this process. */
  String host();

  /** Machines, or processes on them, that can take tasks now. */
  int workers();

  /** Those that were lost since this was opened. */
  int lost();

  /** Ends what runs for this pool. */
  @Override
  void close();
}
