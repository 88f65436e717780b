package org.r1zero.experiment.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.metrics.Progress;
import org.r1zero.experiment.run.Preflight;
import org.r1zero.experiment.run.R1ZeroRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains the embedded model in a few minutes. */
@Command(
    name = "demo",
    description = "Trains the embedded base model by R1-Zero GRPO in a few minutes.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Mixin private DryRun dry = new DryRun();

  @Mixin private RecipeOptions options = new RecipeOptions();

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    Recipe recipe = RecipeLoader.builtIn("demo.yaml", options.settings());
    if (dry.wanted) {
      Preflight found = Preflight.of(recipe, Preflight.Purpose.TRAINING);
      return DryRun.say(recipe, List.of(found.toString()));
    }
    System.err.println(
        "R1-Zero GRPO on the embedded base model: it is sampled, its answers are checked by a rule,"
            + " and what was better than the rest of its group becomes likelier.");
    Progress progress = new Progress(System.err, recipe.grpo().steps(), recipe.accuracyColumn());
    RunReport.print(new R1ZeroRun(recipe, progress).run(), common.json);
    return 0;
  }
}
