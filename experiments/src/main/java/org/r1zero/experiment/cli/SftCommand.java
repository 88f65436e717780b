package org.r1zero.experiment.cli;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.r1zero.experiment.pipeline.PipelineRecipe;
import org.r1zero.experiment.pipeline.StageKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Supervised training. */
@Command(
    name = "sft",
    description = "Trains a model on examples: the only stage of a recipe, of kind sft.",
    mixinStandardHelpOptions = true)
final class SftCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "RECIPE.yaml", description = "Later ones win.")
  private List<Path> recipes = List.of();

  @Mixin private DryRun dry = new DryRun();

  @Mixin private RecipeOptions options = new RecipeOptions();

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    PipelineRecipe recipe =
        SingleStage.load(recipes, options.settings(), EnumSet.of(StageKind.SFT), "sft");
    return SingleStage.run(recipe, dry, common.json);
  }
}
