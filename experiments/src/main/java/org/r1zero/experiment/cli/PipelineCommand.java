package org.r1zero.experiment.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.pipeline.PipelineRecipe;
import org.r1zero.experiment.pipeline.PipelineRun;
import org.r1zero.experiment.run.Preflight;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a pipeline. */
@Command(
    name = "pipeline",
    description = {
      "Runs the stages of a recipe in order: data, supervised training, RL, distillation.",
      "A stage whose inputs did not change is taken from an earlier run; one that was stopped goes"
          + " on where it was."
    },
    mixinStandardHelpOptions = true)
final class PipelineCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "RECIPE.yaml", description = "Later ones win.")
  private List<Path> recipes = List.of();

  @Option(
      names = "--from",
      paramLabel = "STAGE",
      description = "Run this stage and those after it again, from the start.")
  private @Nullable String from;

  @Mixin private DryRun dry = new DryRun();

  @Mixin private RecipeOptions options = new RecipeOptions();

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    RecipeFiles.requireStages(recipes);
    PipelineRecipe recipe = Preflight.load(PipelineRecipe::load, recipes, options.settings());
    PipelineRun run = new PipelineRun(recipe, System.err, from);
    if (dry.wanted) {
      return DryRun.say(recipe.withAllOptions(), run.verify());
    }
    PipelineReport.print(run.run(), common.json);
    return 0;
  }
}
