package org.r1zero.experiment.run;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.Learners;
import org.r1zero.grpo.OwnLearner;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.PolicySampler;
import org.r1zero.rollout.RolloutsConfig;
import org.r1zero.rollout.Texts;
import org.r1zero.rollout.worker.PoolOptions;
import org.r1zero.rollout.worker.PoolSource;
import org.r1zero.rollout.worker.TokenizerStops;
import org.r1zero.rollout.worker.WorkerPool;
import org.r1zero.rollout.worker.WorkerPools;
import org.r1zero.verify.reward.PortableReward;

/** The workers of a model: whatever samples, a run, an evaluation or a stage, samples with them. */
public final class Workers implements AutoCloseable {
  private final RolloutsConfig config;
  private final PolicyModel policy;
  private final Texts texts;
  private final WorkerPool pool;
  private final Thread endAtExit;

  /**
   * Starts the workers that a recipe asks for, with the policy's weights as they are.
   *
   * @param trained whether the policy is trained while they are there
   * @param model the folder with the policy's configuration and tokenizer, for other processes
   * @param say is notified of each worker that is lost
   */
  public Workers(
      RolloutsConfig config,
      PolicyModel policy,
      boolean trained,
      Texts texts,
      Path model,
      Consumer<String> say) {
    this(config, policy, trained, texts, model, null, say);
  }

  /**
   * The same for rollouts that workers on other machines judge where they sample them.
   *
   * @param rewards judges; {@code null} leaves it to whoever asks for completions
   */
  Workers(
      RolloutsConfig config,
      PolicyModel policy,
      boolean trained,
      Texts texts,
      Path model,
      @Nullable PortableReward rewards,
      Consumer<String> say) {
    this.config = config;
    this.policy = policy;
    this.texts = texts;
    this.pool = pool(trained, model, rewards, say);
    this.endAtExit = new Thread(pool::close, "end-workers");
    Runtime.getRuntime().addShutdownHook(endAtExit);
  }

  private WorkerPool pool(
      boolean trained, Path model, @Nullable PortableReward rewards, Consumer<String> say) {
    PoolOptions options =
        new PoolOptions(
            config.workers(),
            config.workerThreads(),
            config.mode() == RolloutsConfig.Mode.ASYNC,
            config.hangDuration(),
            config.maxReplacements(),
            config.devices().stream().map(Torch::device).toList(),
            trained);
    return WorkerPools.backend(config.backend())
        .open(
            options,
            new PoolSource(
                0,
                policy,
                sampling -> new TokenizerStops(texts.tokenizer(), sampling.stop()),
                model,
                config.weightsFolder(),
                rewards),
            say);
  }

  /** What samples. */
  WorkerPool pool() {
    return pool;
  }

  /** Who computes the gradients of updates. */
  Learners learners() {
    return config.learners() == 0 ? new OwnLearner() : pool.learners(config.learners());
  }

  /** Samples completions of problems. */
  public PolicySampler sampler() {
    return new PolicySampler(texts, pool, config.unitProblems());
  }

  /**
   * Makes the policy's weights those of what is sampled next.
   *
   * @param version updates that they have seen
   */
  public void publish(long version) {
    pool.publish(version, policy);
  }

  @Override
  public void close() {
    pool.close();
    try {
      Runtime.getRuntime().removeShutdownHook(endAtExit);
    } catch (IllegalStateException e) {
      // the process is ending: the hook has run, or will find nothing to do
      return;
    }
  }
}
