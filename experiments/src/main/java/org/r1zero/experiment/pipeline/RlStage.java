package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.metrics.Progress;
import org.r1zero.experiment.run.Preflight;
import org.r1zero.experiment.run.R1ZeroRun;
import org.r1zero.experiment.run.Resumption;
import org.r1zero.experiment.rundir.RunDirectory;
import org.r1zero.grpo.StepReport;
import org.r1zero.grpo.model.ModelMemory;
import org.r1zero.grpo.model.weights.ModelDirectory;

/**
 * Reinforcement learning: a run as {@code r1zero train} makes it, inside the stage's folder. Its
 * output is set when it runs.
 */
record RlStage(Recipe recipe, Path model, PrintStream out) implements Stage {
  @Override
  public String check() throws IOException {
    return Preflight.of(recipe, Preflight.Purpose.TRAINING).toString();
  }

  @Override
  public ObjectNode configuration() {
    ObjectNode tree = RecipeLoader.toTree(recipe);
    tree.remove("model");
    tree.remove("output");
    tree.set("sampling", Stage.describe(recipe.sampling()));
    Stage.forgetPlace(tree.withObject("/grpo"));
    Stage.describeProblems(Stage.problems(recipe), tree);
    return tree;
  }

  @Override
  public Map<String, Path> inputs() {
    List<JsonNode> options = new ArrayList<>(List.of(RecipeLoader.toTree(recipe.environment())));
    recipe.rewards().forEach(reward -> options.add(reward.options()));
    return Stage.withNamedFiles(Map.of("model", model), recipe, options);
  }

  @Override
  public Made run(Path folder, StageMeter meter) throws IOException {
    Recipe here = recipe.with(tree -> tree.put("output", folder.toString()));
    Progress progress = new Progress(out, here.grpo().steps(), here.accuracyColumn());
    long parameters =
        new ModelMemory(ModelDirectory.open(model).config(), here.dtype()).parameters();
    int rollouts = here.grpo().problemsPerStep() * here.grpo().numGenerations();
    long[] seen = {0};
    progress.alsoTell(report -> count(report, rollouts, parameters, seen, meter));
    Optional<Path> begun = RunDirectory.newest(folder, here.name());
    R1ZeroRun run =
        begun.isPresent()
            ? new R1ZeroRun(
                Resumption.of(begun.get(), List.of(), List.of("model=" + model), false), progress)
            : new R1ZeroRun(here, progress);
    R1ZeroRun.Result result = run.run();
    return new Made(result.directory().resolve("model"), null);
  }

  /**
   * Of a step's tokens, prompts included, those of completions were sampled; all were trained on.
   */
  private static void count(
      StepReport report, int rollouts, long parameters, long[] seen, StageMeter meter) {
    long total = Math.round(report.metric("num_tokens"));
    long sampled = Math.round(report.metric("completions/mean_length") * rollouts);
    // a run that goes on has counted its earlier steps already
    boolean goesOn = seen[0] == 0 && report.step() > 0;
    meter.add(parameters, sampled, 0, goesOn ? sampled : total - seen[0]);
    seen[0] = total;
  }
}
