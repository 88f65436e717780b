package org.r1zero.rollout;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;
import org.r1zero.verify.process.Daemons;
import org.r1zero.verify.reward.FailureLimit;
import org.r1zero.verify.reward.Reward;
import org.r1zero.verify.reward.RewardFailureException;
import org.r1zero.verify.reward.RewardFunction;
import org.r1zero.verify.reward.ScoringConfig;

/**
 * Scores completions in parallel, beside generation: each is handed in as soon as it is finished.
 * Where verifiers are slower than generation, handing in waits, so that only a bounded number of
 * completions is ever in line.
 */
public final class RewardScorer {
  /** Completions in line for each thread before handing in waits. */
  private static final int IN_LINE_PER_THREAD = 8;

  private final RewardFunction function;
  private final FailureLimit limit;
  private final ThreadPoolExecutor threads;
  private final Semaphore room;

  /**
   * Sets what scores one completion, and how many at a time.
   *
   * @param function thread-safe
   */
  public RewardScorer(RewardFunction function, ScoringConfig config) {
    this.function = function;
    this.limit = new FailureLimit(config.maxFailedRatio());
    int count = config.threadCount();
    AtomicInteger number = new AtomicInteger();
    this.threads =
        new ThreadPoolExecutor(
            count,
            count,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> Daemons.of("scorer-" + number.incrementAndGet(), task));
    threads.allowCoreThreadTimeOut(true);
    this.room = new Semaphore(count * IN_LINE_PER_THREAD);
  }

  /** Starts scoring completions of these problems. */
  public Batch open(List<Problem> problems) {
    return new Batch(problems);
  }

  /** The rewards of every group's completions, in their order. */
  public List<List<Reward>> score(List<SampledGroup> groups) {
    return score(
        groups.stream().map(SampledGroup::problem).toList(),
        groups.stream().map(SampledGroup::completions).toList());
  }

  /** The rewards of each problem's completions, in their order. */
  public List<List<Reward>> score(List<Problem> problems, List<List<Completion>> completions) {
    Batch batch = open(problems);
    for (int p = 0; p < problems.size(); p++) {
      for (int i = 0; i < completions.get(p).size(); i++) {
        batch.submit(p, i, completions.get(p).get(i));
      }
    }
    return batch.rewards();
  }

  /** The scores of one step in the making. For one thread, the generating one. */
  public final class Batch {
    private final List<Problem> problems;
    private final List<SortedMap<Integer, Future<Reward>>> scored = new ArrayList<>();

    private Batch(List<Problem> problems) {
      this.problems = problems;
      for (int p = 0; p < problems.size(); p++) {
        scored.add(new TreeMap<>());
      }
    }

    /**
     * Hands a completion in; waits while too many are in line.
     *
     * @param problem the index of its problem
     * @param sample which of its problem's completions
     */
    public void submit(int problem, int sample, Completion completion) {
      room.acquireUninterruptibly();
      Future<Reward> reward =
          threads.submit(
              () -> {
                try {
                  return function.score(problems.get(problem), completion);
                } finally {
                  room.release();
                }
              });
      scored.get(problem).put(sample, reward);
    }

    /** Takes over the reward of a completion that was scored elsewhere, by the same function. */
    public void accept(int problem, int sample, Reward reward) {
      scored.get(problem).put(sample, CompletableFuture.completedFuture(reward));
    }

    /**
     * Waits for all that was handed in.
     *
     * @return for each problem the rewards of its completions, in the order of their numbers
     * @throws RewardFailureException if verifiers failed on a larger share than allowed
     */
    public List<List<Reward>> rewards() {
      List<List<Reward>> rewards = new ArrayList<>();
      for (SortedMap<Integer, Future<Reward>> group : scored) {
        List<Reward> ready = new ArrayList<>();
        for (Future<Reward> reward : group.values()) {
          ready.add(await(reward));
        }
        rewards.add(ready);
      }
      limit.check(rewards.stream().flatMap(List::stream).toList());
      return rewards;
    }
  }

  private static Reward await(Future<Reward> reward) {
    try {
      return reward.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("scoring a completion failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for rewards", e);
    }
  }
}
