package org.r1zero.experiment.cli;

import java.util.EnumSet;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.StageKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
final class CurateCommand extends StagesCommand {
  @Option(
      names = "--max-bad",
      paramLabel = "N",
      description = "Stop at more bad records than this (the stage's max_bad).")
  private @Nullable Integer maxBad;

  @Override
  public Integer call() throws Exception {
    EnumSet<StageKind> kinds = EnumSet.of(StageKind.CURATE, StageKind.REJECTION_SAMPLING);
    Recipe recipe = RecipeFiles.ofOneStage(recipes, options.settings(), kinds, "curate");
    return run(
        maxBad == null
            ? recipe
            : recipe.with(tree -> tree.withObject("/stages/0/options").put("max_bad", maxBad)),
        null);
  }
}
