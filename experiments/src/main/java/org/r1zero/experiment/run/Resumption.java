package org.r1zero.experiment.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeChanges;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.model.ModelFolder;
import org.r1zero.experiment.rundir.RunDirectory;
import org.r1zero.experiment.rundir.RunManifest;

/**
 * A run to go on with.
 *
 * @param directory where it is
 * @param recipe what it is to do now
 * @param changes what that changes
 * @param allowChanges whether changes that touch weights are wanted
 * @param finished whether the run is at its end and nothing more is asked of it
 */
public record Resumption(
    RunDirectory directory,
    Recipe recipe,
    RecipeChanges changes,
    boolean allowChanges,
    boolean finished) {
  /**
   * Reads a run directory's recipe and compares.
   *
   * @param run the run directory
   * @param recipes what it is to do now; empty for what it did
   * @param settings as in {@link RecipeLoader#load}
   * @throws ConfigException if it is not a run directory, or the recipe has changed and that was
   *     not allowed: the message has every difference
   */
  public static Resumption of(
      Path run, List<Path> recipes, List<String> settings, boolean allowChanges) {
    RunDirectory directory = RunDirectory.open(run);
    RunManifest manifest = RunManifest.read(directory);
    Recipe before = RecipeLoader.load(List.of(directory.recipe()), List.of());
    Recipe after =
        withModel(
            run,
            manifest,
            RecipeLoader.load(recipes.isEmpty() ? List.of(directory.recipe()) : recipes, settings)
                .training());
    after = SamplingChoice.kept(after, before);
    if (after.grpo().microBatchTokens() == 0) { // chosen when the run began
      after = MicroBatchChoice.with(after, before.grpo().microBatchTokens());
    }
    RecipeChanges changes = RecipeChanges.between(before, after);
    if (!changes.others().isEmpty() && !allowChanges) {
      throw different(
          run + " was started with a different recipe",
          changes.others(),
          "; the run is then not the one that its recipe started");
    }
    boolean longer = after.grpo().steps() > before.grpo().steps();
    boolean asked = longer || !changes.others().isEmpty();
    boolean done = manifest != null && manifest.isDone();
    boolean model = Files.isDirectory(directory.model());
    boolean finished = done && model && !asked;
    if (!finished) {
      directory.requireCheckpoints(done || model, before.checkpoint().saveSteps());
    }
    return new Resumption(directory, after, changes, allowChanges, finished);
  }

  /** A model that was moved is found by {@code --set model=…}, or where it was at the start. */
  private static Recipe withModel(Path run, @Nullable RunManifest manifest, Recipe recipe) {
    String model = recipe.model();
    if (ModelFolder.isEmbedded(model) || Files.isDirectory(Path.of(model))) {
      return recipe;
    }
    String atStart = manifest == null ? "" : manifest.modelPath();
    if (!atStart.isEmpty() && !Path.of(model).isAbsolute() && Files.isDirectory(Path.of(atStart))) {
      return recipe.with(tree -> tree.put("model", atStart));
    }
    throw new ConfigException(
        "the model of "
            + run
            + ", "
            + model
            + ", is not a folder any more; if it was moved, name its new place: --set model=DIR");
  }

  private static ConfigException different(String what, List<String> differences, String but) {
    return new ConfigException(
        String.format(
            "%s (%d difference%s):%n  %s%nadd --allow-changes to resume all the same%s",
            what,
            differences.size(),
            differences.size() == 1 ? "" : "s",
            String.join(System.lineSeparator() + "  ", differences),
            but));
  }

  /** Checks that what the recipe names is still the same. */
  void check(List<String> differences) {
    if (!differences.isEmpty() && !allowChanges) {
      throw different(directory.path() + " was started with different files", differences, "");
    }
  }

  /** Writes the recipe down where it was changed. */
  void writeRecipe() throws IOException {
    if (!changes.all().isEmpty()) {
      directory.writeRecipe(RecipeLoader.toYaml(recipe));
    }
  }
}
