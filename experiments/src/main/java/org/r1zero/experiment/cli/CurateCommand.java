package org.r1zero.experiment.cli;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.pipeline.PipelineRecipe;
import org.r1zero.experiment.pipeline.StageKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes cold-start data. */
@Command(
    name = "curate",
    description = {
      "Makes training examples of a model's samples or of given files: keeps what verifiers pass,"
          + " drops near-duplicates and what overlaps an evaluation set, balances, and writes a"
          + " data card.",
      "Takes a recipe with one stage, of kind curate."
    },
    mixinStandardHelpOptions = true)
final class CurateCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "RECIPE.yaml", description = "Later ones win.")
  private List<Path> recipes = List.of();

  @Option(
      names = "--max-bad",
      paramLabel = "N",
      description = "Stop at more bad records than this (the stage's max_bad).")
  private @Nullable Integer maxBad;

  @Mixin private DryRun dry = new DryRun();

  @Mixin private RecipeOptions options = new RecipeOptions();

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    PipelineRecipe recipe =
        SingleStage.load(
            recipes,
            options.settings(),
            EnumSet.of(StageKind.CURATE, StageKind.REJECTION_SAMPLING),
            "curate");
    if (maxBad != null) {
      recipe = recipe.withOption("max_bad", maxBad);
    }
    return SingleStage.run(recipe, dry, common.json);
  }
}
