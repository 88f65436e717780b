package org.r1zero.experiment.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.metrics.JsonLines;
import org.r1zero.experiment.metrics.Progress;
import org.r1zero.experiment.run.EvaluationRun;
import org.r1zero.experiment.run.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures a model on held-out problems. */
@Command(
    name = "eval",
    description = {
      "Measures a model on the held-out problems of a recipe: pass@1 of greedy decoding and of"
          + " samples, pass@k, majority vote, by difficulty and by tokens allowed, readability and"
          + " signs of self-verification, with 95 %% intervals; docs/evaluation.md defines them.",
      "What was sampled is kept (below output, in .r1zero): an evaluation that was killed goes on.",
      "Takes recipes, or a run directory: then its trained model by its own recipe. Without either"
          + " it takes the demo's recipe."
    },
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Parameters(
      arity = "0..*",
      paramLabel = "RECIPE.yaml|RUN_DIR",
      description = "Recipes, of which later ones win; or one run directory.")
  private List<Path> sources = List.of();

  @Option(names = "--model", paramLabel = "DIR", description = "The same as --set model=DIR.")
  private @Nullable String model;

  @Option(
      names = "--problems",
      paramLabel = "N",
      description = "The same as --set evaluation.problems=N.")
  private @Nullable Integer problems;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "The same as --set evaluation.samples=N.")
  private @Nullable Integer samples;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = {
        "Generators that sample at once, one thread each; the same as --set rollouts.workers=N --set"
            + " rollouts.unit_problems=1. Completions do not depend on N."
      })
  private @Nullable Integer workers;

  @Option(
      names = "--step",
      paramLabel = "N|last|best",
      description = "With a run directory: a checkpoint instead of the run's result.")
  private @Nullable String step;

  @Option(
      names = "--out",
      paramLabel = "FILE.jsonl",
      description = "Write every completion with its verdicts; must not exist.")
  private @Nullable Path out;

  @Mixin private RecipeOptions options = new RecipeOptions();

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    Recipe recipe = recipe();
    if (out != null && Files.exists(out)) {
      throw new IllegalArgumentException("--out " + out + " exists already; name another file");
    }
    long started = System.nanoTime();
    Progress progress = new Progress(System.err, 0, recipe.accuracyColumn());
    EvaluationRun run =
        step == null
            ? new EvaluationRun(recipe, progress)
            : EvaluationRun.ofCheckpoint(recipe, progress, sources.get(0), step);
    Evaluation evaluation = run.run();
    EvaluationTable.print(evaluation, System.err);
    if (out != null) {
      JsonLines.append(out, evaluation.completions());
      System.err.println("completions are in " + out);
    }
    if (common.json) {
      ObjectNode node = JSON.createObjectNode();
      node.put("model", recipe.model()).put("task", recipe.task().name());
      EvaluationJson.put(node, "", evaluation);
      EvaluationJson.putDetails(node, evaluation.details());
      node.put("seconds", (System.nanoTime() - started) / 1e9);
      System.out.println(JSON.writeValueAsString(node));
    }
    return 0;
  }

  private Recipe recipe() {
    List<String> settings = new ArrayList<>();
    List<Path> recipes = new ArrayList<>(sources);
    boolean run = sources.size() == 1 && Files.isDirectory(sources.get(0));
    if (step != null && !run) {
      throw new ConfigException("--step", List.of("takes a run directory, such as runs/NAME"));
    }
    if (run) {
      Path directory = RunDirectory.open(sources.get(0)).path();
      Path trained = directory.resolve("model");
      if (step == null && !Files.isDirectory(trained) && model == null) {
        throw new ConfigException(
            directory
                + " is not finished, so it has no model yet; --step last evaluates its newest"
                + " checkpoint, r1zero train --resume "
                + directory
                + " finishes it");
      }
      recipes.set(0, directory.resolve("recipe.yaml"));
      if (step == null) {
        settings.add("model=" + trained);
      }
    }
    settings.addAll(options.settings());
    if (model != null) {
      settings.add("model=" + model);
    }
    if (problems != null) {
      settings.add("evaluation.problems=" + problems);
    }
    if (samples != null) {
      settings.add("evaluation.samples=" + samples);
    }
    if (workers != null) {
      settings.add("rollouts.workers=" + workers);
      settings.add("rollouts.unit_problems=1");
    }
    return recipes.isEmpty()
        ? RecipeLoader.builtIn("demo.yaml", settings)
        : RecipeLoader.load(recipes, settings);
  }
}
