package org.r1zero.experiment.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
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
      names = "--dry-run",
      description = "Check the recipe, its data and its model's files, print every key, and stop.")
  private boolean dryRun;

  @Mixin private RecipeOptions options = new RecipeOptions();

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    Recipe recipe = RecipeLoader.load(recipes, options.settings());
    if (dryRun) {
      R1ZeroRun.verify(recipe);
      System.out.print(RecipeLoader.toYaml(recipe));
      return 0;
    }
    Progress progress = new Progress(System.err, recipe.grpo().steps(), recipe.accuracyColumn());
    R1ZeroRun.Result result = new R1ZeroRun(recipe, progress).run();
    RunReport.print(result, common.json);
    return 0;
  }
}
