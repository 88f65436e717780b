package org.r1zero.experiment.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.PromptConfig.Template;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeChanges;
import org.r1zero.experiment.config.RecipeLoader;

/**
 * A run to go on with.
 *
 * @param directory where it is
 * @param recipe what it is to do now
 * @param changes what that changes
 * @param allowChanges whether changes that touch weights are wanted
 */
public record Resumption(
    RunDirectory directory, Recipe recipe, RecipeChanges changes, boolean allowChanges) {
  private static final String ALLOW = "--allow-changes goes on all the same";

  /**
   * Reads a run directory's recipe and compares.
   *
   * @param run the run directory
   * @param recipes what it is to do now; empty for what it did
   * @param settings as in {@link RecipeLoader#load}
   * @throws ConfigException if it is no run directory, or the recipe has changed and that was not
   *     allowed: the message has every difference
   */
  public static Resumption of(
      Path run, List<Path> recipes, List<String> settings, boolean allowChanges) {
    RunDirectory directory = RunDirectory.open(run);
    Recipe before = RecipeLoader.load(List.of(directory.recipe()), List.of());
    Recipe after =
        RecipeLoader.load(recipes.isEmpty() ? List.of(directory.recipe()) : recipes, settings);
    if (after.grpo().microBatchTokens() == 0) { // chosen when the run began
      after = MicroBatchChoice.with(after, before.grpo().microBatchTokens());
    }
    if (after.prompt().template() == Template.AUTO) {
      after = Fit.with(after, before.prompt().template(), after.sampling().maxNewTokens());
    }
    if (after.sampling().maxNewTokens() == 0) {
      after = Fit.with(after, after.prompt().template(), before.sampling().maxNewTokens());
    }
    RecipeChanges changes = RecipeChanges.between(before, after);
    if (!changes.others().isEmpty() && !allowChanges) {
      List<String> faults = new ArrayList<>(changes.others());
      faults.add(ALLOW + ", but the run is then not the one that its recipe began");
      throw new ConfigException(run + " was begun with another recipe: it", faults);
    }
    return new Resumption(directory, after, changes, allowChanges);
  }

  /** Checks that what the recipe names is still the same. */
  void check(List<String> differences) {
    if (!differences.isEmpty() && !allowChanges) {
      List<String> faults = new ArrayList<>(differences);
      faults.add(ALLOW);
      throw new ConfigException(directory.path() + " was begun with other files: it", faults);
    }
  }

  /** Writes the recipe down where it was changed. */
  void writeRecipe() throws IOException {
    if (!changes.all().isEmpty()) {
      directory.writeRecipe(RecipeLoader.toYaml(recipe));
    }
  }
}
