package org.r1zero.experiment.run;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.rollout.PolicySampler;
import org.r1zero.rollout.RolloutsConfig;
import org.r1zero.rollout.Texts;
import org.r1zero.rollout.worker.PoolOptions;
import org.r1zero.rollout.worker.TokenizerStops;
import org.r1zero.rollout.worker.WorkerPool;
import org.r1zero.rollout.worker.WorkerPools;

/** A run's workers: they sample its rollouts and its evaluations. */
final class Workers implements AutoCloseable {
  private final Recipe recipe;
  private final Assembly parts;
  private final WorkerPool pool;
  private final Thread endAtExit;

  /** Starts the workers that a recipe asks for, with the policy's weights as they are. */
  Workers(Recipe recipe, Assembly parts, Consumer<String> say) {
    this.recipe = recipe;
    this.parts = parts;
    this.pool = pool(recipe, parts, say);
    this.endAtExit = new Thread(pool::close, "end-workers");
    Runtime.getRuntime().addShutdownHook(endAtExit);
  }

  private static WorkerPool pool(Recipe recipe, Assembly parts, Consumer<String> say) {
    RolloutsConfig config = recipe.rollouts();
    PoolOptions options =
        new PoolOptions(
            config.workers(),
            config.workerThreads(),
            config.mode() == RolloutsConfig.Mode.ASYNC,
            config.hangDuration(),
            config.maxReplacements());
    if (config.backend() == RolloutsConfig.Backend.IN_PROCESS) {
      Texts texts = parts.texts();
      return WorkerPools.inProcess(
          options,
          0,
          parts.policy(),
          sampling -> new TokenizerStops(texts.tokenizer(), sampling.stop()),
          say);
    }
    Path folder =
        config.weightsFolder().equals("auto")
            ? WorkerPools.defaultFolder()
            : Path.of(config.weightsFolder());
    return WorkerPools.processes(options, 0, parts.policy(), parts.directory().path(), folder, say);
  }

  /** What samples. */
  WorkerPool pool() {
    return pool;
  }

  /** Samples completions of problems; an evaluation's way. */
  PolicySampler sampler() {
    return new PolicySampler(parts.texts(), pool, recipe.rollouts().unitProblems());
  }

  /** Makes the policy's weights those of what is sampled next. */
  void publish(long version) {
    pool.publish(version, parts.policy());
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
