package org.r1zero.experiment.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.r1zero.experiment.config.CheckpointConfig;
import org.r1zero.experiment.rundir.RunDirectory;
import org.r1zero.grpo.StepReport;
import org.r1zero.grpo.Surroundings;
import org.r1zero.grpo.checkpoint.Checkpoint;
import org.r1zero.grpo.files.Folders;
import org.r1zero.grpo.health.HealthConfig;
import org.r1zero.grpo.health.HealthMonitor;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.optim.AdamW;

/**
 * A training in the folder of a pipeline's stage: it has what a run's training has, metrics,
 * TensorBoard, health checks and checkpoints, and ends in order on SIGINT and SIGTERM.
 */
public final class StageTraining implements AutoCloseable {
  private final CheckpointConfig config;
  private final RunDirectory directory;
  private final StopSignal stop;
  private final TrainingRecord record;
  private final HealthMonitor health;

  /**
   * Opens the folder.
   *
   * @param steps of the whole training
   * @param say takes what there is to say
   * @param heard is notified of each step
   */
  public StageTraining(
      Path folder,
      CheckpointConfig config,
      HealthConfig health,
      long steps,
      Consumer<String> say,
      Consumer<StepReport> heard) {
    this.config = config;
    this.directory = RunDirectory.ofStage(folder);
    this.stop = StopSignal.install(say);
    boolean everyBest = config.loadBestModelAtEnd();
    this.record =
        new TrainingRecord(
            config, directory, stop, say, heard, steps, everyBest, (done, state) -> Map.of(), 0);
    this.health = new HealthMonitor(health, say);
  }

  /** What a training of this policy works with. */
  public Surroundings around(PolicyModel policy, AdamW optimizer) {
    return new Surroundings(policy, optimizer, health, record);
  }

  /**
   * Goes on where an earlier try of the stage was stopped or killed.
   *
   * @param trainer is given the newest checkpoint, where there is one
   */
  public void restore(Consumer<Checkpoint> trainer) throws IOException {
    record.restore(trainer);
  }

  /**
   * Writes the trained model; the checkpoints have done their work then.
   *
   * @param source the folder that the model came from
   * @param finished whether training came to its end
   * @return the model's folder
   * @throws StoppedException if a signal ended it before
   */
  public Path finish(PolicyModel policy, Path source, boolean finished) throws IOException {
    if (!finished) {
      throw stop.stopped();
    }
    if (config.loadBestModelAtEnd()) {
      record.loadBest(policy);
    }
    directory.writeModel(policy, source);
    Folders.delete(directory.checkpoints());
    return directory.model();
  }

  @Override
  public void close() {
    stop.close();
  }
}
