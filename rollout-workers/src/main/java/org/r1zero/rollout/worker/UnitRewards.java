package org.r1zero.rollout.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.reward.PortableReward;
import org.r1zero.verify.reward.Reward;

/** Judges a unit's completions while others of it are sampled. For one thread. */
final class UnitRewards {
  private final RemoteTask task;
  private final Tokenizer tokenizer;
  private final ExecutorService threads;
  private final List<Finished> all = new ArrayList<>();

  private record Finished(
      int request, int sample, Generation generation, @Nullable Future<Reward> reward) {}

  /**
   * Begins a unit.
   *
   * @param threads that verifiers run in
   */
  UnitRewards(RemoteTask task, Tokenizer tokenizer, ExecutorService threads) {
    this.task = task;
    this.tokenizer = tokenizer;
    this.threads = threads;
  }

  void add(int request, int sample, Generation generation) {
    PortableReward rewards = task.model().rewards();
    boolean judged = rewards != null && !task.unit().problems().isEmpty() && isComplete(generation);
    all.add(
        new Finished(
            request,
            sample,
            generation,
            rewards != null && judged ? judging(rewards, request, generation) : null));
  }

  private Future<Reward> judging(PortableReward rewards, int request, Generation generation) {
    return threads.submit(
        () ->
            rewards.score(
                task.unit().problems().get(request),
                new Completion(
                    tokenizer.decode(generation.tokens()),
                    generation.tokens().length,
                    generation.finishReason())));
  }

  /** One that its step's share of tokens cut off goes on in the next step. */
  private boolean isComplete(Generation generation) {
    return generation.finishReason() == FinishReason.STOP
        || generation.tokens().length >= task.sampling().maxNewTokens();
  }

  /**
   * Waits for all rewards.
   *
   * @throws IllegalStateException if judging one failed, which verifiers never let happen
   */
  List<RemoteTask.Finished> all() throws InterruptedException {
    List<RemoteTask.Finished> judged = new ArrayList<>();
    for (Finished one : all) {
      judged.add(
          new RemoteTask.Finished(one.request(), one.sample(), one.generation(), reward(one)));
    }
    return judged;
  }

  private static @Nullable Reward reward(Finished one) throws InterruptedException {
    try {
      Future<Reward> reward = one.reward();
      return reward == null ? null : reward.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("scoring a completion failed: " + e.getCause(), e);
    }
  }

  /** Nobody waits for them any more. */
  void cancel() {
    for (Finished one : all) {
      Future<Reward> reward = one.reward();
      if (reward != null) {
        reward.cancel(true);
      }
    }
  }
}
