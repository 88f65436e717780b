package org.r1zero.rollout;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.RolloutBatch;
import org.r1zero.grpo.RolloutSource;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.rollout.CollectorState.AheadState;
import org.r1zero.rollout.GroupSampling.Collected;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.trace.TraceSink;
import org.r1zero.rollout.worker.SamplingCancelledException;
import org.r1zero.rollout.worker.WorkerPool;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.process.Daemons;
import org.r1zero.verify.reward.Reward;

/**
 * From problems to scored groups: what the trainer calls once a step.
 *
 * <p>In asynchronous mode a step's rollouts are sampled while the step before it trains, with the
 * weights from before that training: {@link #collect} hands over what is ready and begins the next.
 */
public final class RolloutCollector implements RolloutSource, AutoCloseable {
  private final RolloutConfig size;
  private final RolloutsConfig config;
  private final WorkerPool pool;
  private final GroupSampling sampling;
  private final TraceSink traces;
  private final ExecutorService background;
  private @Nullable Future<Collected> ahead;
  private double waitedForState;

  /**
   * How much to collect.
   *
   * @param problemsPerStep groups per step
   * @param numGenerations rollouts per group
   * @param seed decides every draw
   * @param steps of training: nothing is sampled ahead for later ones
   */
  public record RolloutConfig(int problemsPerStep, int numGenerations, long seed, long steps) {}

  /** Puts the parts together; the pool stays the caller's to close. */
  public RolloutCollector(
      RolloutConfig size,
      RolloutsConfig config,
      SamplingConfig sampling,
      ProblemSource problems,
      Texts texts,
      WorkerPool pool,
      RewardScorer scorer,
      TraceSink traces,
      RolloutProgress progress) {
    this.size = size;
    this.config = config;
    this.pool = pool;
    this.sampling =
        new GroupSampling(size, config, sampling, problems, texts, pool, scorer, progress);
    this.traces = traces;
    this.background = Executors.newSingleThreadExecutor(Daemons.named("rollouts-ahead"));
  }

  @Override
  public void policyUpdated(long version, PolicyModel policy) {
    pool.publish(version, policy);
  }

  @Override
  public RolloutBatch collect(long step, long policyVersion) {
    if (pool.version() != policyVersion) {
      throw new IllegalStateException(
          String.format(
              "step %s needs rollouts of policy version %s, but version %s was published last",
              step, policyVersion, pool.version()));
    }
    long started = System.nanoTime();
    Collected collected = ahead == null ? sampling.collect(step, step, pool.open()) : await(ahead);
    ahead = null;
    if (collected.step() != step) {
      throw new IllegalStateException(
          "rollouts of step " + collected.step() + " are ready, step " + step + " wants its own");
    }
    double waited = (System.nanoTime() - started) / 1e9 + waitedForState;
    waitedForState = 0;
    if (config.mode() == RolloutsConfig.Mode.ASYNC && step + 1 < size.steps()) {
      WorkerPool.Session session = pool.open(); // here, before training publishes the next weights
      ahead = background.submit(() -> sampling.collect(step + 1, step, session));
    }
    traces.accept(
        step, collected.groups().stream().flatMap(g -> g.traces(step + 1).stream()).toList());
    Map<String, Double> metrics = new HashMap<>(collected.metrics());
    metrics.putAll(verdictMetrics(collected.groups().stream().map(OpenGroup::rewards).toList()));
    metrics.put("time/rollout_wait", waited);
    return new RolloutBatch(
        collected.groups().stream().map(OpenGroup::toTraining).toList(), metrics);
  }

  private static Collected await(Future<Collected> ahead) {
    try {
      return ahead.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("sampling ahead failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SamplingCancelledException();
    }
  }

  /** Waits for what is being sampled ahead, which is part of the state. */
  @Override
  public ObjectNode state() {
    AheadState next = null;
    if (ahead != null) {
      long started = System.nanoTime();
      Collected ready = await(ahead);
      waitedForState += (System.nanoTime() - started) / 1e9; // the next step would have waited
      next =
          new AheadState(
              ready.step(),
              ready.groups().stream().map(OpenGroup::state).toList(),
              ready.metrics());
    }
    CollectorState state = sampling.state();
    return new CollectorState(state.nextProblem(), state.groups(), next, state.passRates())
        .toTree();
  }

  /**
   * Goes on from a saved state; the weights of that moment have to be published too.
   *
   * @throws IllegalArgumentException if it is not such a state
   */
  @Override
  public void restore(ObjectNode tree) {
    CollectorState state = CollectorState.fromTree(tree);
    if (ahead != null) {
      await(ahead); // it is at the state that is replaced, and holds weights
    }
    sampling.restore(state);
    AheadState next = state.ahead();
    ahead = next == null ? null : CompletableFuture.completedFuture(sampling.restore(next));
  }

  /** Ends what is being sampled, from any thread. */
  @Override
  public void close() {
    background.shutdownNow();
    pool.cancel();
  }

  /** Mean and deviation of each verifier's score, and the share that it found right. */
  private static Map<String, Double> verdictMetrics(List<List<Reward>> rewards) {
    Map<String, SummaryStatistics> scores = new TreeMap<>();
    Map<String, SummaryStatistics> right = new TreeMap<>();
    double failed = 0;
    double count = 0;
    for (List<Reward> group : rewards) {
      for (Reward reward : group) {
        for (Map.Entry<String, Verdict> entry : reward.verdicts().entrySet()) {
          Outcome outcome = entry.getValue().outcome();
          if (outcome == Outcome.NOT_APPLICABLE) {
            continue;
          }
          String id = entry.getKey();
          scores
              .computeIfAbsent(id, k -> new SummaryStatistics())
              .addValue(entry.getValue().score());
          right
              .computeIfAbsent(id, k -> new SummaryStatistics())
              .addValue(outcome == Outcome.CORRECT ? 1 : 0);
        }
        failed += reward.isFailed() ? 1 : 0;
        count++;
      }
    }
    Map<String, Double> metrics = new TreeMap<>();
    scores.forEach(
        (id, s) -> {
          metrics.put("rewards/" + id + "/mean", s.getMean());
          metrics.put("rewards/" + id + "/std", s.getStandardDeviation());
        });
    right.forEach((id, s) -> metrics.put("rewards/" + id + "/correct", s.getMean()));
    metrics.put("rewards/failed_ratio", failed / count);
    return metrics;
  }
}
