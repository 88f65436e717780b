package org.r1zero.experiment.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.r1zero.experiment.config.CheckpointConfig;
import org.r1zero.experiment.metrics.Progress;
import org.r1zero.grpo.GrpoTrainer;
import org.r1zero.grpo.StepBoundary;
import org.r1zero.grpo.StepReport;
import org.r1zero.grpo.checkpoint.Checkpoint;
import org.r1zero.grpo.checkpoint.CheckpointException;
import org.r1zero.grpo.checkpoint.CheckpointStore;
import org.r1zero.grpo.checkpoint.TrainingState;
import org.r1zero.grpo.model.PolicyModel;

/** A run's checkpoints: when they are saved, which is the best, how the run goes on from one. */
final class RunCheckpoints implements StepBoundary {
  private final CheckpointConfig config;
  private final RunDirectory directory;
  private final CheckpointStore store;
  private final StopSignal stop;
  private final Progress progress;
  private final int steps;
  private long bestStep = -1;
  private double bestMetric = Double.NaN;
  private double lastSeconds = Double.NaN;

  /**
   * Sets where and when.
   *
   * @param steps of the whole run
   */
  RunCheckpoints(
      CheckpointConfig config,
      RunDirectory directory,
      StopSignal stop,
      Progress progress,
      int steps) {
    this.config = config;
    this.directory = directory;
    this.store = new CheckpointStore(directory.checkpoints(), config.saveTotalLimit());
    this.stop = stop;
    this.progress = progress;
    this.steps = steps;
  }

  /**
   * Puts a trainer, and the files that grow with the steps, to where the newest checkpoint was; to
   * the start where there is none.
   *
   * @throws CheckpointException if there are some and none can be used
   */
  void restore(GrpoTrainer trainer) throws IOException {
    store.clean();
    Optional<Checkpoint> newest = newest();
    if (newest.isPresent()) {
      Checkpoint checkpoint = newest.get();
      trainer.restore(checkpoint);
      ObjectNode run = checkpoint.values().withObject("/run");
      bestStep = run.path("best_step").asLong(-1);
      bestMetric = run.path("best_metric").asDouble(Double.NaN);
      cutBack(run.withObject("/files"), checkpoint.step());
      progress.resumed(checkpoint.step());
      progress.say("resuming after step " + checkpoint.step() + " of " + steps);
    } else {
      cutBack(JsonNodeFactory.instance.objectNode(), 0);
      progress.say("no checkpoint yet: starting with the first step");
    }
  }

  private Optional<Checkpoint> newest() {
    List<Long> all = store.steps();
    if (config.ifDamaged() == CheckpointConfig.IfDamaged.REFUSE && !all.isEmpty()) {
      return Optional.of(store.open(all.get(all.size() - 1)));
    }
    return store.newest(
        fault ->
            progress.say(
                "WARNING: "
                    + fault.getMessage()
                    + "; it was renamed to *.damaged, and the run resumes from the checkpoint before"
                    + " it (checkpoint.if_damaged: refuse would stop here)"));
  }

  private void cutBack(ObjectNode positions, long step) throws IOException {
    for (String missing : directory.growing().cutBack(positions, step)) {
      progress.say("WARNING: " + missing + ": lines of finished steps are lost, weights are not");
    }
  }

  @Override
  public boolean passed(StepReport report, Supplier<TrainingState> state) {
    long finished = report.step() + 1;
    boolean stopping = stop.requested();
    if (finished % config.saveSteps() == 0 || finished == steps || stopping) {
      save(report, state.get());
    }
    return !stopping;
  }

  private void save(StepReport report, TrainingState state) {
    long started = System.nanoTime();
    double metric = report.metric(config.metricForBestModel());
    boolean better = config.greaterIsBetter() ? metric > bestMetric : metric < bestMetric;
    if (better || (Double.isNaN(bestMetric) && !Double.isNaN(metric))) {
      bestMetric = metric;
      bestStep = state.step();
    }
    ObjectNode run = state.values().putObject("run");
    if (bestStep >= 0) {
      run.put("best_step", bestStep);
      run.put("best_metric", bestMetric);
    }
    try {
      run.set("files", directory.growing().positions());
    } catch (IOException e) {
      throw new UncheckedIOException("forcing metrics to the disk failed: " + e.getMessage(), e);
    }
    store.save(state, bestStep < 0 ? Set.of() : Set.of(bestStep));
    lastSeconds = (System.nanoTime() - started) / 1e9;
  }

  /** How long the newest checkpoint took to save, NaN before the first. */
  double lastSeconds() {
    return lastSeconds;
  }

  /**
   * Gives a policy the best checkpoint's weights.
   *
   * @return finished steps of that checkpoint; -1 where there is none
   */
  long loadBest(PolicyModel policy) {
    if (bestStep >= 0) {
      store.open(bestStep).restoreSome(TrainingState.weights("policy/", policy));
      progress.say(
          "the best checkpoint is of step "
              + bestStep
              + ": "
              + config.metricForBestModel()
              + " "
              + bestMetric);
    }
    return bestStep;
  }
}
