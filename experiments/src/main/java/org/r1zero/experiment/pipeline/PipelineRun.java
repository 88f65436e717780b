package org.r1zero.experiment.pipeline;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.config.StageConfig;
import org.r1zero.experiment.metrics.Console;
import org.r1zero.experiment.run.StoppedException;
import org.r1zero.grpo.files.WholeFiles;
import org.r1zero.grpo.model.weights.ModelFileException;

/**
 * Runs a pipeline's stages in order. Each stage has a folder {@code stages/NAME-KEY} below the
 * recipe's output; the key is a hash of all that decides what the stage makes, so that a stage is
 * made once, whichever pipelines have it.
 */
public final class PipelineRun {
  private final Recipe recipe;
  private final PrintStream out;
  private final @Nullable String from;

  /** Takes a recipe; progress is printed. */
  public PipelineRun(Recipe recipe, PrintStream out) {
    this(recipe, out, null);
  }

  /**
   * Runs a stage and those after it again, whether or not they were made before.
   *
   * @param from the stage's name, or {@code null}
   */
  public PipelineRun(Recipe recipe, PrintStream out, @Nullable String from) {
    this.recipe = recipe.asPipeline();
    this.out = Console.of(out);
    this.from = from;
    List<String> names = this.recipe.stages().stream().map(StageConfig::name).toList();
    if (from != null && !names.contains(from)) {
      throw new ConfigException(
          "pipeline " + recipe.name(),
          List.of("--from must be one of " + String.join(", ", names) + ", was " + from));
    }
  }

  /**
   * Checks every stage's options and that the models, data and verifiers that it names can be used.
   *
   * @return what each stage will work on, in words
   * @throws ConfigException with every fault
   */
  public List<String> verify() throws IOException {
    List<String> faults = new ArrayList<>();
    List<String> found = new ArrayList<>();
    Earlier earlier = new Earlier(recipe, null);
    for (StageConfig config : recipe.stages()) {
      try {
        String said = Stage.of(recipe, config, earlier, out).check();
        found.add("stage " + config.name() + " (" + config.kind() + "): " + said);
      } catch (IllegalArgumentException | ConfigException | ModelFileException e) {
        faults.add(String.valueOf(e.getMessage()));
      }
      earlier.expect(config);
    }
    if (!faults.isEmpty()) {
      throw new ConfigException("pipeline " + recipe.name(), faults.stream().distinct().toList());
    }
    return found;
  }

  /**
   * Runs to the end.
   *
   * @throws ConfigException before anything is run, if the recipe has a fault
   */
  @SuppressWarnings("try") // the log is open as long as the pipeline runs
  public PipelineResult run() throws IOException {
    verify();
    Path output = Path.of(recipe.output()).toAbsolutePath();
    Path directory =
        Files.createDirectories(
            output.resolve(String.format(Locale.ROOT, "%s-seed%d", recipe.name(), recipe.seed())));
    WholeFiles.write(
        directory.resolve("recipe.yaml"),
        RecipeLoader.toYaml(recipe).getBytes(StandardCharsets.UTF_8));
    try (Closeable log = Console.of(out).copyTo(directory.resolve("run.log"))) {
      return run(output, directory);
    }
  }

  private PipelineResult run(Path output, Path directory) throws IOException {
    List<StageResult> results = new ArrayList<>();
    boolean again = false;
    Earlier earlier = new Earlier(recipe, output.resolve("base-models"));
    for (StageConfig config : recipe.stages()) {
      again |= config.name().equals(from);
      Stage stage = Stage.of(recipe, config, earlier, out);
      StageFolder folder = StageFolder.of(output.resolve("stages"), config, stage);
      if (again) {
        folder.delete();
      }
      out.printf("stage %s (%s): %s%n", config.name(), config.kind(), folder.path());
      note(StageStatus.RUNNING, config, folder, results, directory);
      StageResult result = run(config, stage, folder, results, directory);
      results.add(result);
      write(directory, results, earlier.model());
      earlier.made(config, folder);
    }
    return write(directory, results, earlier.model());
  }

  private StageResult run(
      StageConfig config, Stage stage, StageFolder folder, List<StageResult> before, Path directory)
      throws IOException {
    if (folder.isDone()) {
      out.printf("stage %s: made before from the same inputs, taken as it is%n", config.name());
      return result(config, StageStatus.CACHED, folder, folder.model());
    }
    try {
      folder.run(stage);
      return result(config, StageStatus.DONE, folder, folder.model());
    } catch (StoppedException e) {
      note(StageStatus.FAILED, config, folder, before, directory);
      throw e.goingOn("the same command resumes in stage " + config.name());
    } catch (IOException | RuntimeException e) {
      note(StageStatus.FAILED, config, folder, before, directory);
      throw e;
    }
  }

  /** Writes the account with a stage that has not come to its end. */
  private void note(
      StageStatus status,
      StageConfig config,
      StageFolder folder,
      List<StageResult> before,
      Path directory)
      throws IOException {
    List<StageResult> all = new ArrayList<>(before);
    all.add(result(config, status, folder, null));
    write(directory, all, null);
  }

  private static StageResult result(
      StageConfig config, StageStatus status, StageFolder folder, @Nullable Path model)
      throws IOException {
    return new StageResult(
        config.name(),
        config.kind().toString(),
        status,
        folder.path(),
        model,
        folder.cost(),
        folder.tries());
  }

  private PipelineResult write(Path directory, List<StageResult> results, @Nullable Path model)
      throws IOException {
    PipelineResult result =
        new PipelineResult(recipe.name(), recipe.seed(), directory, model, results);
    result.write();
    return result;
  }
}
