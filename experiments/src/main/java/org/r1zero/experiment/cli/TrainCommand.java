package org.r1zero.experiment.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.metrics.Progress;
import org.r1zero.experiment.run.R1ZeroRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains by a recipe. */
@Command(
    name = "train",
    description = "Trains a model by reinforcement learning as a recipe says.",
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "RECIPE.yaml", description = "Later ones win.")
  private List<Path> recipes = List.of();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Changes a key, such as grpo.steps=20; may be repeated.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--seed", description = "Sets all randomness; the same as --set seed=N.")
  private @Nullable Long seed;

  @Option(names = "--dry-run", description = "Print the whole recipe and stop.")
  private boolean dryRun;

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    if (seed != null) {
      settings.add("seed=" + seed);
    }
    Recipe recipe = RecipeLoader.load(recipes, settings);
    if (dryRun) {
      System.out.print(RecipeLoader.toYaml(recipe));
      return 0;
    }
    Progress progress =
        new Progress(System.err, recipe.grpo().steps(), recipe.rewards().get(0).column());
    R1ZeroRun.Result result = new R1ZeroRun(recipe, progress).run();
    RunReport.print(result, common.json);
    return 0;
  }
}
