package org.r1zero.experiment.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.pipeline.PipelineRecipe;
import org.r1zero.experiment.pipeline.PipelineRun;
import org.r1zero.experiment.pipeline.StageConfig;
import org.r1zero.experiment.pipeline.StageKind;

/** Commands that run a recipe with a single stage. */
final class SingleStage {
  private SingleStage() {}

  static PipelineRecipe load(
      List<Path> files, List<String> settings, Set<StageKind> kinds, String command) {
    PipelineRecipe recipe = PipelineRecipe.load(files, settings);
    List<StageConfig> stages = recipe.stages();
    if (stages.size() != 1 || !kinds.contains(stages.get(0).kind())) {
      throw new ConfigException(
          "recipe " + recipe.name(),
          List.of(
              "r1zero "
                  + command
                  + " takes a recipe with one stage, of kind "
                  + kinds.iterator().next().name().toLowerCase(java.util.Locale.ROOT)
                  + "; r1zero pipeline runs all others"));
    }
    return recipe;
  }

  static int run(PipelineRecipe recipe, boolean json) throws java.io.IOException {
    PipelineReport.print(new PipelineRun(recipe, System.err).run(), json);
    return 0;
  }
}
