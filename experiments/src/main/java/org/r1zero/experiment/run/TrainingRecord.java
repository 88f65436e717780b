package org.r1zero.experiment.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.r1zero.experiment.config.CheckpointConfig;
import org.r1zero.experiment.rundir.RunDirectory;
import org.r1zero.grpo.StepBoundary;
import org.r1zero.grpo.StepReport;
import org.r1zero.grpo.checkpoint.Checkpoint;
import org.r1zero.grpo.checkpoint.CheckpointException;
import org.r1zero.grpo.checkpoint.CheckpointStore;
import org.r1zero.grpo.checkpoint.TrainingState;
import org.r1zero.grpo.model.PolicyModel;

/**
 * What a training leaves in its folder step by step: metrics and checkpoints; when they are saved,
 * which is the best, how training goes on from one.
 */
final class TrainingRecord implements StepBoundary {
  private final CheckpointConfig config;
  private final RunDirectory directory;
  private final CheckpointStore store;
  private final StopSignal stop;
  private final Consumer<String> say;
  private final Consumer<StepReport> heard;
  private final long steps;
  private final boolean everyBest;
  private final Between between;
  private final long patience;
  private long bestStep = -1;
  private double bestMetric = Double.NaN;
  private double lastSeconds = Double.NaN;

  /** What a step's metrics are added to, such as by an evaluation. */
  @FunctionalInterface
  interface Between {

    /**
     * Called after each step.
     *
     * @param finished steps
     * @param state has to be asked for before anything is sampled: that waits for what is being
     *     sampled ahead
     * @return metrics by name
     */
    Map<String, Double> measure(long finished, Supplier<TrainingState> state);
  }

  /**
   * Sets where and when.
   *
   * @param say takes what there is to say
   * @param heard is told of each step once its metrics are written
   * @param steps of the whole training
   * @param everyBest whether each new best step is saved, due or not
   * @param between measures between steps
   * @param patience training ends so many steps after the best one; 0 never does
   */
  TrainingRecord(
      CheckpointConfig config,
      RunDirectory directory,
      StopSignal stop,
      Consumer<String> say,
      Consumer<StepReport> heard,
      long steps,
      boolean everyBest,
      Between between,
      long patience) {
    this.config = config;
    this.directory = directory;
    this.store = new CheckpointStore(directory.checkpoints(), config.saveTotalLimit());
    this.stop = stop;
    this.say = say;
    this.heard = heard;
    this.steps = steps;
    this.everyBest = everyBest;
    this.between = between;
    this.patience = patience;
  }

  /**
   * Puts a trainer, and the files that grow with the steps, to where the newest checkpoint was; to
   * the start where there is none.
   *
   * @return whether there was one
   * @throws CheckpointException if there are some and none can be used
   */
  boolean restore(Consumer<Checkpoint> trainer) throws IOException {
    store.clean();
    Optional<Checkpoint> newest = newest();
    if (newest.isPresent()) {
      Checkpoint checkpoint = newest.get();
      trainer.accept(checkpoint);
      ObjectNode run = checkpoint.values().withObject("/run");
      bestStep = run.path("best_step").asLong(-1);
      bestMetric = run.path("best_metric").asDouble(Double.NaN);
      cutBack(run.withObject("/files"), checkpoint.step());
      say.accept("resuming after step " + checkpoint.step() + " of " + steps);
    } else {
      cutBack(JsonNodeFactory.instance.objectNode(), 0);
    }
    return newest.isPresent();
  }

  private Optional<Checkpoint> newest() {
    List<Long> all = store.steps();
    if (config.ifDamaged() == CheckpointConfig.IfDamaged.REFUSE && !all.isEmpty()) {
      return Optional.of(store.open(all.get(all.size() - 1)));
    }
    return store.newest(
        fault ->
            say.accept(
                "WARNING: "
                    + fault.getMessage()
                    + "; it was renamed to *.damaged, and the run resumes from the checkpoint before"
                    + " it (checkpoint.if_damaged: refuse would stop here)"));
  }

  private void cutBack(ObjectNode positions, long step) throws IOException {
    for (String missing : directory.growing().cutBack(positions, step)) {
      say.accept("WARNING: " + missing + ": lines of finished steps are lost, weights are not");
    }
  }

  @Override
  public boolean passed(StepReport passed, Supplier<TrainingState> state) {
    long finished = passed.step() + 1;
    Map<String, Double> metrics = new TreeMap<>(passed.metrics());
    metrics.putAll(between.measure(finished, state));
    StepReport report = new StepReport(passed.step(), metrics);
    directory.appendMetrics(withCheckpointTime(report));
    heard.accept(report);
    boolean stopping = stop.requested();
    boolean due = finished % config.saveSteps() == 0 || finished == steps || stopping;
    boolean best = everyBest && isBetter(report.metric(config.metricForBestModel()));
    boolean early = !best && isPast(finished);
    if (due || best || early) {
      save(report, state.get());
    }
    return !stopping && !early;
  }

  /** Whether the best step is so long ago that training ends, after so many steps. */
  boolean isPast(long finished) {
    return patience > 0 && bestStep >= 0 && finished - bestStep >= patience;
  }

  private boolean isBetter(double metric) {
    boolean better = config.greaterIsBetter() ? metric > bestMetric : metric < bestMetric;
    return better || (Double.isNaN(bestMetric) && !Double.isNaN(metric));
  }

  /** How long the newest checkpoint took to save: that of an earlier step. */
  private StepReport withCheckpointTime(StepReport report) {
    Map<String, Double> metrics = new TreeMap<>(report.metrics());
    if (!Double.isNaN(lastSeconds)) {
      metrics.put("time/checkpoint", lastSeconds);
    }
    return new StepReport(report.step(), metrics);
  }

  private void save(StepReport report, TrainingState state) {
    long started = System.nanoTime();
    double metric = report.metric(config.metricForBestModel());
    if (isBetter(metric)) {
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

  /** Why training ends early. */
  String whyPast() {
    return String.format(
        Locale.ROOT,
        "training ends early: the best %s was that of step %d, %s (evaluation.patience)",
        config.metricForBestModel(),
        bestStep,
        bestMetric);
  }

  /** Gives a policy the best checkpoint's weights, where there is one. */
  void loadBest(PolicyModel policy) {
    if (bestStep >= 0) {
      store.open(bestStep).restoreSome(TrainingState.weights("policy/", policy));
      say.accept(
          String.format(
              "the best checkpoint is of step %s: %s %s",
              bestStep, config.metricForBestModel(), bestMetric));
    }
  }
}
