package org.r1zero.experiment.cli;

import java.util.EnumSet;
import org.r1zero.experiment.config.StageKind;
import picocli.CommandLine.Command;

/** Supervised training. */
@Command(
    name = "sft",
    description = "Trains a model on examples: the only stage of a recipe, of kind sft.",
    mixinStandardHelpOptions = true)
final class SftCommand extends StagesCommand {

  @Override
  public Integer call() throws Exception {
    EnumSet<StageKind> kinds = EnumSet.of(StageKind.SFT);
    return run(RecipeFiles.ofOneStage(recipes, options.settings(), kinds, "sft"), null);
  }
}
