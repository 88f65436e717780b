package org.r1zero.experiment.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.pipeline.PipelineRun;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A command that runs the stages of a recipe. */
abstract class StagesCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "RECIPE.yaml", description = "Later ones win.")
  List<Path> recipes = List.of();

  @Mixin private DryRun dry = new DryRun();

  @Mixin RecipeOptions options = new RecipeOptions();

  @Mixin private CommonOptions common = new CommonOptions();

  /** Runs them, or says what they would work on. */
  final int run(Recipe recipe, @Nullable String from) throws IOException {
    PipelineRun run = new PipelineRun(recipe, System.err, from);
    if (dry.wanted) {
      return DryRun.say(recipe.withAllOptions(), run.verify());
    }
    PipelineReport.print(run.run(), common.json);
    return 0;
  }
}
