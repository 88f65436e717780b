package org.r1zero.rollout.worker;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.r1zero.grpo.OwnLearner;
import org.r1zero.grpo.PartReport;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.PolicySnapshot;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.verify.process.Daemons;

/**
 * Computes gradients by weights that lie in mapped files, on a thread of its own, whose share of
 * the processor it sets. Gradients are its own, so that several learners may be in a process.
 */
final class LocalLearner implements AutoCloseable {
  private static final long WATCH_MILLIS = 50;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final List<Path> files;
  private final DecoderConfig config;
  private final ComputeType type;
  private final Map<Integer, PolicySnapshot> snapshots = new HashMap<>();
  private volatile boolean ended;
  private volatile long lastSign;
  private volatile long threadId;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = Daemons.of("learner", task);
            threadId = made.getId();
            return made;
          });

  /**
   * Maps weights when they are needed.
   *
   * @param files the slots
   * @param threads that an operation may use
   */
  LocalLearner(List<Path> files, DecoderConfig config, ComputeType type, int threads) {
    this.files = files;
    this.config = config;
    this.type = type;
    thread.execute(() -> Torch.setThreads(threads));
  }

  /** Does something on this learner's thread. */
  <T> Future<T> submit(Callable<T> work) {
    return thread.submit(work);
  }

  /**
   * Computes a share.
   *
   * @param limit how long it may neither finish a part nor use the processor: a part may take
   *     longer
   * @throws WorkerLostException if it does: this learner is of no use any more
   * @throws ExecutionException with what computing has thrown
   */
  List<PartReport> compute(LearnerTask task, Duration limit)
      throws WorkerLostException, ExecutionException, InterruptedException {
    lastSign = System.nanoTime();
    long used = cpuNanos();
    Future<List<PartReport>> computed = submit(() -> compute(task));
    while (true) {
      try {
        return computed.get(WATCH_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        long now = cpuNanos();
        if (now != used) {
          used = now;
          lastSign = System.nanoTime();
        } else if (System.nanoTime() - lastSign > limit.toNanos()) {
          throw new WorkerLostException(
              "a learner has computed nothing for "
                  + limit.toSeconds()
                  + " s (rollouts.hang_timeout)");
        }
      }
    }
  }

  /**
   * What the learner's thread has had of the processor: it takes part in all that torch computes on
   * a CPU, forward and back, within operations too.
   */
  private long cpuNanos() {
    return THREADS.isThreadCpuTimeSupported() ? THREADS.getThreadCpuTime(threadId) : 0;
  }

  private List<PartReport> compute(LearnerTask task) {
    PolicyModel policy = policy(task.weights().slot());
    policy.dropGradients();
    policy.setGradientCheckpointing(task.checkpointing());
    // without the portions to which a lack of memory has led: they decide last bits
    return new OwnLearner()
        .compute(
            task.weights().number(),
            policy,
            task.parts(),
            (model, part) -> {
              lastSign = System.nanoTime();
              if (ended) {
                throw new SamplingCancelledException();
              }
              return task.work().compute(model, part);
            },
            policy::dropGradients);
  }

  /** The gradients of the last share; of none they are zero. */
  LongVector gradients(int slot) {
    return new LongVector(policy(slot).parameters().stream().map(Parameter::gradient).toList());
  }

  /** Gives the gradients' memory back. */
  void drop(int slot) {
    policy(slot).dropGradients();
  }

  private PolicyModel policy(int slot) {
    return snapshots
        .computeIfAbsent(slot, s -> PolicySnapshot.mapped(files.get(s), config, type))
        .policy();
  }

  /** Ends after the part that is being computed; afterwards {@link #awaitEnd} waits for that. */
  @Override
  public void close() {
    if (ended) {
      return;
    }
    ended = true;
    thread.execute(
        () -> {
          snapshots.values().forEach(PolicySnapshot::close);
          snapshots.clear();
        });
    thread.shutdown();
  }

  /** Waits until it reads no weights any more. */
  boolean awaitEnd(Duration limit) throws InterruptedException {
    return thread.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS);
  }
}
