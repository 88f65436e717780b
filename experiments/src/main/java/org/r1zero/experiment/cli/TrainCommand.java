package org.r1zero.experiment.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.config.StageKind;
import org.r1zero.experiment.metrics.Progress;
import org.r1zero.experiment.run.Preflight;
import org.r1zero.experiment.run.R1ZeroRun;
import org.r1zero.experiment.run.Resumption;
import org.r1zero.experiment.rundir.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains by a recipe. */
@Command(
    name = "train",
    description = "Trains a model by reinforcement learning as a recipe says.",
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  private static final String LAST = "";

  @Parameters(arity = "0..*", paramLabel = "RECIPE.yaml", description = "Later ones win.")
  private List<Path> recipes = List.of();

  @Option(
      names = "--resume",
      arity = "0..1",
      fallbackValue = LAST,
      paramLabel = "RUN",
      description =
          "Go on with a run that was stopped or killed, from its newest checkpoint. RUN is its"
              + " directory; without it, the recipe's last run, or a new one where there is none.")
  private @Nullable String resume;

  @Option(
      names = "--allow-changes",
      description = "With --resume: go on though the recipe has changed since the run began.")
  private boolean allowChanges;

  @Mixin private DryRun dry = new DryRun();

  @Mixin private RecipeOptions options = new RecipeOptions();

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    Path run = runToResume();
    if (recipes.isEmpty() && run == null) {
      throw new ConfigException("train", List.of("name a RECIPE.yaml, or --resume RUN"));
    }
    if (run != null && !dry.wanted) {
      Resumption resumption = Resumption.of(run, recipes, options.settings(), allowChanges);
      return report(new R1ZeroRun(resumption, progress(resumption.recipe())));
    }
    Recipe recipe =
        RecipeFiles.ofOneStage(recipes, options.settings(), EnumSet.of(StageKind.RL), "train")
            .training();
    if (dry.wanted) {
      Preflight found = Preflight.of(recipe, Preflight.Purpose.TRAINING);
      return DryRun.say(recipe, List.of(found.toString()));
    }
    return report(new R1ZeroRun(recipe, progress(recipe)));
  }

  private int report(R1ZeroRun run) throws IOException {
    RunReport.print(run.run(), common.json);
    return 0;
  }

  private static Progress progress(Recipe recipe) {
    return new Progress(System.err, recipe.grpo().steps(), recipe.accuracyColumn());
  }

  /** {@code null} where a new run is wanted. */
  private @Nullable Path runToResume() throws IOException {
    if (resume == null) {
      return null;
    }
    if (!resume.equals(LAST) && !Files.isRegularFile(Path.of(resume))) {
      return Path.of(resume);
    }
    if (!resume.equals(LAST)) { // --resume RECIPE.yaml
      List<Path> all = new ArrayList<>(recipes);
      all.add(0, Path.of(resume));
      recipes = all;
    }
    if (recipes.isEmpty()) {
      return null;
    }
    Recipe recipe = RecipeLoader.load(recipes, options.settings());
    Optional<Path> last = RunDirectory.newest(Path.of(recipe.output()), recipe.name());
    if (last.isEmpty()) {
      System.err.println(
          "no earlier run of " + recipe.name() + " in " + recipe.output() + ": starting a new one");
    }
    return last.orElse(null);
  }
}
