package org.r1zero.experiment.run;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.r1zero.coldstart.dataset.ShuffledProblems;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.rollout.RolloutCollector;
import org.r1zero.rollout.RolloutProgress;
import org.r1zero.rollout.RolloutsConfig;
import org.r1zero.rollout.Texts;
import org.r1zero.rollout.worker.PoolOptions;
import org.r1zero.rollout.worker.TokenizerStops;
import org.r1zero.rollout.worker.WorkerPool;
import org.r1zero.rollout.worker.WorkerPools;

/** What makes a run's rollouts: its workers, and the collector that sets them to work. */
final class Rollouts implements AutoCloseable {
  private final Assembly parts;
  private final WorkerPool pool;
  private final RolloutCollector collector;
  private final Thread endAtExit = new Thread(this::end, "end-workers");

  /** Starts the workers with the policy's weights as they are. */
  Rollouts(
      Recipe recipe,
      Assembly parts,
      RunDirectory directory,
      RolloutProgress progress,
      Consumer<String> say) {
    this.parts = parts;
    this.pool = pool(recipe, parts, say);
    this.collector =
        new RolloutCollector(
            new RolloutCollector.RolloutConfig(
                recipe.grpo().problemsPerStep(),
                recipe.grpo().numGenerations(),
                recipe.seed(),
                recipe.grpo().steps()),
            recipe.rollouts(),
            recipe.sampling(),
            new ShuffledProblems(parts.dataset().train(), recipe.seed()),
            parts.texts(),
            pool,
            parts.scorer(),
            directory::writeRollouts,
            progress);
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

  /** What the trainer collects from. */
  RolloutCollector collector() {
    return collector;
  }

  /** Makes the policy's weights those of the next rollouts. */
  void publish(long version) {
    pool.publish(version, parts.policy());
  }

  private void end() {
    collector.close();
    pool.close();
  }

  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(endAtExit);
    } catch (IllegalStateException e) {
      // the process is ending: the hook has run, or will find nothing to do
      return;
    }
  }
}
