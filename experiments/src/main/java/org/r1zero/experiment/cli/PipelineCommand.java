package org.r1zero.experiment.cli;

import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.run.Preflight;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a pipeline. */
@Command(
    name = "pipeline",
    description = {
      "Runs the stages of a recipe in order: data, supervised training, RL, distillation.",
      "A stage whose inputs did not change is taken from an earlier run; one that was stopped goes"
          + " on where it was."
    },
    mixinStandardHelpOptions = true)
final class PipelineCommand extends StagesCommand {
  @Option(
      names = "--from",
      paramLabel = "STAGE",
      description = "Run this stage and those after it again, from the start.")
  private @Nullable String from;

  @Override
  public Integer call() throws Exception {
    RecipeFiles.requireNoArms(recipes);
    return run(Preflight.load(recipes, options.settings()), from);
  }
}
