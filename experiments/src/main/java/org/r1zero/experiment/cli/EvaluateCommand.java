package org.r1zero.experiment.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.metrics.JsonLines;
import org.r1zero.experiment.metrics.Progress;
import org.r1zero.experiment.model.ModelFolder;
import org.r1zero.experiment.run.EvaluationRun;
import org.r1zero.experiment.run.Preflight;
import org.r1zero.experiment.rundir.RunDirectory;
import org.r1zero.grpo.model.tokenizer.ChatTemplate;
import org.r1zero.grpo.model.weights.ModelFileException;
import org.r1zero.verify.ProgramHome;
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
      "Takes recipes, or a run directory: then its trained model by its own recipe. With --model"
          + " alone, a run's model is measured by that run's recipe, any other on --task. Without"
          + " any of these it measures the embedded model by the demo's recipe."
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
      names = "--task",
      paramLabel = "NAME",
      description = "What to measure on, such as gsm8k; the same as --set task.name=NAME.")
  private @Nullable String task;

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
        "Generators that sample at once, one thread each; the same as --set rollouts.workers=N"
            + " --set rollouts.unit_problems=1. Completions do not depend on N."
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
    if (out != null) {
      Places.requireNewFile("--out", out);
    }
    long started = System.nanoTime();
    System.err.println(said(recipe));
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

  private Recipe recipe() throws IOException {
    List<String> settings = new ArrayList<>();
    List<Path> recipes = new ArrayList<>(sources);
    boolean run = sources.size() == 1 && Files.isDirectory(sources.get(0));
    if (step != null && !run) {
      throw new ConfigException("--step", List.of("takes a run directory, such as runs/NAME"));
    }
    for (Path source : sources) {
      if (!Files.exists(ProgramHome.find(source))) {
        throw new ConfigException(
            source.toString(),
            List.of(
                "there is no such run or recipe; name a run's folder, such as runs/NAME, a"
                    + " RECIPE.yaml, or a model by --model DIR"));
      }
    }
    if (run) {
      RunDirectory opened = RunDirectory.open(sources.get(0));
      Path directory = opened.path();
      Path trained = opened.model();
      if (step == null && !Files.isDirectory(trained) && model == null) {
        throw new ConfigException(
            directory
                + " is not finished, so it has no model yet; --step last evaluates its newest"
                + " checkpoint, r1zero train --resume "
                + directory
                + " finishes it");
      }
      recipes.set(0, opened.recipe());
      if (step == null) {
        settings.add("model=" + trained);
      }
    }
    if (sources.isEmpty() && model != null) {
      addRecipeOf(model, recipes, settings);
    }
    settings.addAll(options.settings());
    set("task.name", task, settings);
    set("model", model, settings);
    set("evaluation.problems", problems, settings);
    set("evaluation.samples", samples, settings);
    set("rollouts.workers", workers, settings);
    set("rollouts.unit_problems", workers == null ? null : 1, settings);
    return recipes.isEmpty() && !isChosen("task")
        ? RecipeLoader.builtIn("demo.yaml", settings)
        : Preflight.load(recipes, settings);
  }

  private static void set(String key, @Nullable Object value, List<String> settings) {
    if (value != null) {
      settings.add(key + "=" + value);
    }
  }

  /** A run's model is measured as its run was; of another, the task has to be given. */
  private void addRecipeOf(String name, List<Path> recipes, List<String> settings) {
    Path folder = Path.of(name);
    Path run = folder.toAbsolutePath().normalize().getParent();
    if (Files.isDirectory(folder)
        && run != null
        && Files.isRegularFile(run.resolve("recipe.yaml"))) {
      recipes.add(RunDirectory.open(run).recipe());
      return;
    }
    ModelFolder.require(name);
    if (!isChosen("task")) {
      if (name.startsWith("embedded")) {
        return;
      }
      throw new ConfigException(
          "eval",
          List.of(
              "what should "
                  + name
                  + " be measured on? Name it by --task gsm8k (or another data set), or give a"
                  + " RECIPE.yaml whose task, prompt and rewards are to be used"));
    }
    if (Files.isDirectory(folder)) {
      settings.add("prompt.template=" + (hasChatTemplate(folder) ? "chat" : "plain"));
    }
  }

  private static boolean hasChatTemplate(Path model) {
    try {
      ChatTemplate.open(model);
      return true;
    } catch (ModelFileException e) {
      return false;
    }
  }

  private boolean isChosen(String key) {
    return (key.equals("task") && task != null)
        || options.settings().stream()
            .anyMatch(s -> s.startsWith(key + ".") || s.startsWith(key + "="));
  }

  /** What is measured, and how: so that nobody reads a number for another's. */
  private static String said(Recipe recipe) {
    return String.format(
        Locale.ROOT,
        "measuring %s on up to %d held-out problems of task %s: prompt %s, verifier %s, %d samples"
            + " of each at temperature %s, up to %d new tokens",
        recipe.model(),
        recipe.evaluation().problems(),
        recipe.task().name(),
        recipe.prompt().template().name().toLowerCase(Locale.ROOT),
        recipe.accuracyColumn(),
        recipe.evaluation().samples(),
        recipe.evaluation().temperature(),
        recipe.evaluation().sampling(recipe.sampling()).maxNewTokens());
  }
}
