package org.r1zero.experiment.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.pipeline.PipelineRecipe;
import org.r1zero.experiment.pipeline.PipelineRun;
import org.r1zero.experiment.pipeline.StageConfig;
import org.r1zero.experiment.pipeline.StageKind;
import org.r1zero.experiment.run.Preflight;

/** Commands that run a recipe with a single stage. */
final class SingleStage {
  private SingleStage() {}

  static PipelineRecipe load(
      List<Path> files, List<String> settings, Set<StageKind> kinds, String command)
      throws IOException {
    RecipeFiles.requireStages(files);
    PipelineRecipe recipe = Preflight.load(PipelineRecipe::load, files, settings);
    List<StageConfig> stages = recipe.stages();
    if (stages.size() != 1 || !kinds.contains(stages.get(0).kind())) {
      String found =
          stages.stream()
              .map(s -> s.name() + " (" + s.kind().name().toLowerCase(Locale.ROOT) + ")")
              .collect(Collectors.joining(", "));
      throw new ConfigException(
          RecipeFiles.named(files),
          List.of(
              "has the stages "
                  + found
                  + "; r1zero "
                  + command
                  + " takes one, such as that of recipes/"
                  + command
                  + ".yaml; run this recipe by r1zero pipeline "
                  + RecipeFiles.named(files)));
    }
    return recipe;
  }

  static int run(PipelineRecipe recipe, DryRun dry, boolean json) throws IOException {
    PipelineRun run = new PipelineRun(recipe, System.err);
    if (dry.wanted) {
      return DryRun.say(recipe.withAllOptions(), run.verify());
    }
    PipelineReport.print(run.run(), json);
    return 0;
  }
}
