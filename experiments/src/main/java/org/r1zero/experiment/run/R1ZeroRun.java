package org.r1zero.experiment.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.dataset.ShuffledProblems;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.EvaluationConfig;
import org.r1zero.experiment.config.MlflowConfig;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.evaluate.EvaluationFiles;
import org.r1zero.experiment.metrics.MetricsEndpoint;
import org.r1zero.experiment.metrics.MlflowTracker;
import org.r1zero.experiment.metrics.Progress;
import org.r1zero.experiment.rundir.RunDirectory;
import org.r1zero.experiment.rundir.RunLock;
import org.r1zero.experiment.rundir.RunManifest;
import org.r1zero.grpo.GrpoTrainer;
import org.r1zero.grpo.Learners;
import org.r1zero.grpo.RunSettings;
import org.r1zero.grpo.Surroundings;
import org.r1zero.grpo.health.HealthMonitor;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.RolloutCollector;
import org.r1zero.rollout.RolloutProgress;
import org.r1zero.verify.ProgramHome;
import org.r1zero.verify.reward.PortableReward;
import org.r1zero.verify.reward.RewardEntry;

/**
 * One R1-Zero run: evaluate the base, train, evaluate again, keep everything. A run that was
 * stopped goes on from its newest checkpoint, and ends with the weights that it would have ended
 * with.
 */
public final class R1ZeroRun {
  private Recipe recipe;
  private final Progress progress;
  private final @Nullable Resumption resumption;
  private @Nullable MlflowTracker tracker;

  /**
   * What a run came to.
   *
   * @param directory where everything is
   * @param recipe what it did
   * @param before held-out accuracy of the base; {@code null} where evaluation is off
   * @param after the same after training
   * @param seconds from start to end
   */
  public record Result(
      Path directory,
      Recipe recipe,
      @Nullable Evaluation before,
      @Nullable Evaluation after,
      double seconds) {}

  /** Starts a run: takes a checked recipe. */
  public R1ZeroRun(Recipe recipe, Progress progress) {
    this.recipe = recipe;
    this.progress = progress;
    this.resumption = null;
  }

  /** Goes on with a run. */
  public R1ZeroRun(Resumption resumption, Progress progress) {
    this.recipe = resumption.recipe();
    this.progress = progress;
    this.resumption = resumption;
  }

  /**
   * Runs to the end.
   *
   * @throws StoppedException if SIGINT or SIGTERM ended it in order
   */
  public Result run() throws IOException {
    if (resumption != null && resumption.finished()) {
      return finished(resumption.directory());
    }
    try (Assembly parts = new Assembly(recipe, Preflight.Purpose.TRAINING);
        MetricsEndpoint endpoint = endpoint(); // after the check that its port is free
        StopSignal stop = StopSignal.install(progress::say)) {
      if (endpoint != null) {
        progress.say("metrics at " + endpoint.address());
      }
      if (resumption != null) {
        return run(parts, resumption.directory(), stop, endpoint);
      }
      RunDirectory directory = RunDirectory.create(Path.of(recipe.output()), recipe.name());
      try {
        return run(parts, directory, stop, endpoint);
      } catch (IOException | RuntimeException e) {
        if (!(e instanceof StoppedException) && directory.isUnused()) {
          directory.delete(); // a failed start leaves nothing behind
        }
        throw e;
      }
    }
  }

  private Result finished(RunDirectory directory) throws IOException {
    int steps = recipe.grpo().steps();
    progress.say(
        String.format(
            "nothing to do: %s is finished after %d steps (--set grpo.steps=%d would train on)",
            directory.path(), steps, 2 * steps));
    return new Result(
        directory.path(),
        recipe,
        known(directory, "before").orElse(null),
        known(directory, "after").orElse(null),
        0);
  }

  private Optional<Evaluation> known(RunDirectory directory, String when) {
    return EvaluationFiles.find(
        directory.evaluation(when), recipe.evaluation().sampling(recipe.sampling()).maxNewTokens());
  }

  @SuppressWarnings("try") // the log is open as long as the run is
  private Result run(
      Assembly parts, RunDirectory directory, StopSignal stop, @Nullable MetricsEndpoint endpoint)
      throws IOException {
    long started = System.nanoTime();
    try (RunLock lock = directory.lock();
        Closeable log = progress.copyTo(directory.log())) {
      progress.say("run directory " + lock.run());
      progress.eachRound(stop::check);
      parts.notes().forEach(progress::say);
      chooseSizes(parts);
      RunManifest manifest = manifest(parts, directory);
      try (MlflowTracker opened = tracker(directory)) {
        tracker = opened;
        return run(parts, directory, manifest, stop, endpoint, started);
      } catch (IOException | RuntimeException e) {
        progress.note(e instanceof StoppedException ? "stopped" : "failed: " + e);
        throw e;
      }
    }
  }

  /** From here on the recipe has the numbers, and with it all that goes on with this run. */
  private void chooseSizes(Assembly parts) {
    SamplingChoice sampling = SamplingChoice.of(recipe, parts.policy(), parts.longestPrompt());
    recipe = sampling.recipe();
    if (!sampling.said().isEmpty()) {
      progress.say(sampling.said());
    }
    if (recipe.grpo().microBatchTokens() == 0) {
      MicroBatchChoice choice = MicroBatchChoice.of(recipe, parts.policy());
      recipe = choice.recipe();
      progress.say(choice.toString());
    }
  }

  private RunManifest manifest(Assembly parts, RunDirectory directory) throws IOException {
    RunManifest manifest = resumption == null ? null : RunManifest.read(directory);
    String yaml = RecipeLoader.toYaml(recipe);
    if (manifest == null) {
      directory.writeRecipe(yaml); // first: from now on the run can be resumed
      manifest = RunManifest.start(directory);
      manifest.model(parts.directory().path(), parts.directory().weightFiles());
      manifest.data(parts.dataset());
    } else if (resumption != null) {
      resumption.check(manifest.differences(parts.directory(), parts.dataset()));
      resumption.writeRecipe();
      manifest.resumed(resumption.changes().all());
      if (manifest.threads() != Torch.threads()) {
        progress.say(
            String.format(
                "WARNING: the run was started with %d threads and resumes with %d: last bits will"
                    + " differ"
                    + " (OMP_NUM_THREADS sets them)",
                manifest.threads(), Torch.threads()));
      }
    }
    manifest.recipe(yaml, recipe.seed());
    manifest.write();
    return manifest;
  }

  private Result run(
      Assembly parts,
      RunDirectory directory,
      RunManifest manifest,
      StopSignal stop,
      @Nullable MetricsEndpoint endpoint,
      long started)
      throws IOException {
    try (Workers workers =
        new Workers(
            recipe.rollouts(),
            parts.policy(),
            true,
            parts.texts(),
            parts.directory().path(),
            recipe.environment().isOn() // whose answers, and what they earn, come from here
                ? null
                : new PortableReward(recipe.rewards(), recipe.scoring()),
            progress::say)) {
      Learners learners = workers.learners(); // first: what keeps them from learning shows now
      Evaluation before = evaluate(parts, workers, directory, manifest, "before", null);
      Evaluation last = train(parts, workers, learners, directory, manifest, stop, endpoint);
      Evaluation after = evaluate(parts, workers, directory, manifest, "after", last);
      progress.say("writing the model to " + directory.model());
      directory.writeModel(parts.policy(), parts.directory().path());
      manifest.finish(RunManifest.DONE);
      trackerEnds("FINISHED");
      return new Result(
          directory.path(), recipe, before, after, (System.nanoTime() - started) / 1e9);
    } catch (StoppedException e) {
      manifest.finish("stopped");
      trackerEnds("KILLED");
      throw e.goingOn("resume with: ./r1zero train --resume " + directory.path());
    } catch (IOException | RuntimeException e) {
      try {
        manifest.finish("failed: " + e);
      } catch (IOException second) { // the disk may be what is at fault
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /**
   * Trains to the end, planned or early.
   *
   * @return an evaluation of the weights that it ends with, where one was made on the way
   */
  private @Nullable Evaluation train(
      Assembly parts,
      Workers workers,
      Learners learners,
      RunDirectory directory,
      RunManifest manifest,
      StopSignal stop,
      @Nullable MetricsEndpoint endpoint)
      throws IOException {
    int steps = recipe.grpo().steps();
    InterimEvaluation interim = new InterimEvaluation(parts, workers, recipe, progress);
    TrainingRecord record =
        new TrainingRecord(
            recipe.checkpoint(),
            directory,
            stop,
            progress::say,
            report -> {
              progress.stepFinished(report);
              if (endpoint != null) {
                endpoint.stepFinished(report);
              }
              if (tracker != null) {
                tracker.stepFinished(report.step() + 1);
              }
            },
            steps,
            recipe.checkpoint().metricForBestModel().startsWith(EvaluationConfig.METRICS),
            interim,
            (long) recipe.evaluation().patience() * recipe.evaluation().everySteps());
    HealthMonitor health =
        new HealthMonitor(
            recipe.health(),
            finding -> {
              progress.say(finding);
              manifest.finding(finding);
            });
    RunSettings settings =
        new RunSettings(
            recipe.seed(),
            recipe.sampling().temperature(),
            recipe.sampling().maxNewTokens(),
            recipe.rewards().stream().map(RewardEntry::weight).toList());
    try (AdamW optimizer = new AdamW(recipe.grpo().optimizer(), parts.policy().parameters());
        PolicyModel reference =
            recipe.grpo().usesReference()
                ? parts.reference(recipe.grpo().reference().syncRefModel())
                : null;
        RolloutCollector rollouts = collector(parts, workers, directory, heard(endpoint))) {
      Surroundings around = new Surroundings(parts.policy(), optimizer, health, record, learners);
      GrpoTrainer trainer = new GrpoTrainer(recipe.grpo(), settings, around, reference, rollouts);
      if (resumption != null) {
        resume(trainer, record);
      }
      if (trainer.step() < steps && !record.isPast(trainer.step())) {
        Files.deleteIfExists(directory.evaluation("after"));
        trainer.train();
      }
      long done = trainer.step();
      if (done < steps && !record.isPast(done)) {
        throw stop.stopped();
      }
      if (done < steps) {
        progress.say(record.whyPast());
        manifest.result("stopped_early_after_step", done);
      }
      progress.say("trained " + done + " steps in " + progress.trainingTime());
    }
    if (recipe.checkpoint().loadBestModelAtEnd()) {
      record.loadBest(parts.policy());
      workers.publish(workers.pool().version() + 1); // other weights than those published last
      return null;
    }
    return interim.ofLastStep();
  }

  private void resume(GrpoTrainer trainer, TrainingRecord record) throws IOException {
    if (record.restore(trainer::restore)) {
      progress.resumed(trainer.step());
    } else {
      progress.say("no checkpoint yet: starting with the first step");
    }
  }

  private RolloutCollector collector(
      Assembly parts, Workers workers, RunDirectory directory, RolloutProgress heard) {
    return new RolloutCollector(
        new RolloutCollector.RolloutConfig(
            recipe.grpo().problemsPerStep(),
            recipe.grpo().numGenerations(),
            recipe.seed(),
            recipe.grpo().steps()),
        recipe.rollouts(),
        recipe.sampling(),
        new ShuffledProblems(parts.dataset(), recipe.seed()),
        parts.texts(),
        workers.pool(),
        parts.scorer(),
        directory::writeRollouts,
        heard);
  }

  private @Nullable MlflowTracker tracker(RunDirectory directory) {
    MlflowConfig config = recipe.metrics().mlflow();
    if (!config.isOn()) {
      return null;
    }
    Map<String, String> parameters = new TreeMap<>();
    flatten("", RecipeLoader.toTree(recipe), parameters);
    Map<String, String> tags =
        Map.of(
            "mlflow.source.name", "r1zero",
            "mlflow.source.git.commit", ProgramHome.commit(),
            "mlflow.user", System.getProperty("user.name", "unknown"),
            "r1zero.run_directory", directory.path().toAbsolutePath().toString());
    return new MlflowTracker(
        config,
        directory.path(),
        new MlflowTracker.Beginning(recipe.name(), parameters, tags),
        progress::say);
  }

  private static void flatten(String name, JsonNode node, Map<String, String> leaves) {
    if (node.isObject() && !node.isEmpty()) {
      node.properties()
          .forEach(
              field ->
                  flatten(
                      name.isEmpty() ? field.getKey() : name + "." + field.getKey(),
                      field.getValue(),
                      leaves));
    } else {
      leaves.put(name, node.isValueNode() ? node.asText() : node.toString());
    }
  }

  private void trackerEnds(String status) {
    if (tracker != null) {
      tracker.ended(status);
    }
  }

  private @Nullable MetricsEndpoint endpoint() throws IOException {
    int port = recipe.metrics().prometheusPort();
    if (port < 0) {
      return null;
    }
    try {
      return new MetricsEndpoint(port);
    } catch (BindException e) {
      throw new ConfigException(
          recipe.name(),
          List.of("metrics.prometheus_port " + port + " is taken; 0 takes a free port"));
    }
  }

  private RolloutProgress heard(@Nullable MetricsEndpoint endpoint) {
    return (step, status) -> {
      progress.rollouts(step, status);
      if (endpoint != null) {
        endpoint.sampling(step, status);
      }
    };
  }

  private @Nullable Evaluation evaluate(
      Assembly parts,
      Workers workers,
      RunDirectory directory,
      RunManifest manifest,
      String when,
      @Nullable Evaluation known)
      throws IOException {
    if (recipe.evaluation().problems() == 0) {
      return null;
    }
    Optional<Evaluation> earlier = resumption == null ? Optional.empty() : known(directory, when);
    if (earlier.isPresent()) {
      return earlier.get();
    }
    Evaluation evaluation = known;
    if (evaluation == null) {
      evaluation = HeldOut.evaluate(parts, workers.sampler(), recipe, progress, when + " training");
    } else {
      progress.say(HeldOut.line(evaluation, when + " training"));
    }
    manifest.result("pass1_greedy_" + when, evaluation.greedy());
    manifest.result("pass1_sampled_" + when, evaluation.sampled());
    manifest.result("pass_at_" + when, evaluation.passAt());
    manifest.write();
    EvaluationFiles.write(directory.evaluation(when), evaluation); // last: it is finished now
    return evaluation;
  }
}
