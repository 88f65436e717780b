package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.evaluate.EvaluatedSample;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.evaluate.EvaluationFiles;
import org.r1zero.experiment.metrics.JsonFiles;
import org.r1zero.experiment.metrics.RunSteps;
import org.r1zero.experiment.pipeline.Lineage;
import org.r1zero.experiment.pipeline.PipelineResult;
import org.r1zero.experiment.pipeline.StageResult;
import org.r1zero.experiment.pipeline.StageStatus;

/**
 * What the folder of a run, or of a pipeline, says.
 *
 * @param name in tables and charts
 * @param folder where it is
 * @param kind {@code train} or {@code pipeline}
 * @param status such as {@code done}
 * @param model the base that its result descends from, as the recipe names it
 * @param recipe its keys
 * @param metrics folders with {@code metrics.jsonl}, in the order of the stages; of a pipeline
 *     those that trained its result's own base
 * @param stages of a pipeline, with what they took; else none
 * @param before the evaluation before training, where there is one
 * @param after the same after it
 */
record ReportedRun(
    String name,
    Path folder,
    String kind,
    String status,
    String model,
    ObjectNode recipe,
    List<Path> metrics,
    List<StageResult> stages,
    @Nullable Evaluation before,
    @Nullable Evaluation after) {
  private static final String RECIPE = "recipe.yaml";

  /**
   * Reads one.
   *
   * @throws ConfigException if there is none in the folder
   */
  static ReportedRun read(Path folder) throws IOException {
    Path place = folder.toAbsolutePath().normalize();
    if (!Files.isRegularFile(place.resolve(RECIPE))) {
      throw new ConfigException(
          folder.toString(),
          List.of("is not a run: it has no " + RECIPE + "; name a run's or a pipeline's folder"));
    }
    ObjectNode recipe = RecipeLoader.tree(List.of(place.resolve(RECIPE)));
    boolean pipeline = recipe.has("stages");
    PipelineResult account =
        pipeline && Files.isRegularFile(place.resolve(PipelineResult.FILE))
            ? PipelineResult.read(place)
            : null;
    List<StageResult> stages = account == null ? List.of() : account.stages();
    List<Path> metrics = new ArrayList<>();
    String base = recipe.path("model").asText();
    if (pipeline) {
      Lineage lineage =
          Lineage.of(
              RecipeLoader.bind(Recipe.class, folder.toString(), recipe.deepCopy(), List.of()));
      base = lineage.base();
      for (StageResult stage : stages) {
        if (lineage.isOfResult(stage.name())) { // a teacher's curves are not its own
          metrics.addAll(RunSteps.below(stage.directory()));
        }
      }
    } else if (Files.exists(place.resolve("metrics.jsonl"))) {
      metrics.add(place);
    }
    return new ReportedRun(
        String.valueOf(place.getFileName()),
        place,
        pipeline ? "pipeline" : "train",
        pipeline ? status(stages, recipe.path("stages").size()) : Manifest.status(place),
        base,
        recipe,
        List.copyOf(metrics),
        stages,
        evaluation(recipe, metrics, place, "before"),
        evaluation(recipe, metrics, place, "after"));
  }

  /** Of a run's manifest. */
  private record Manifest(@Nullable String status) {
    static String status(Path run) throws IOException {
      Path file = run.resolve("manifest.json");
      String status =
          Files.isRegularFile(file) ? JsonFiles.read(file, Manifest.class).status : null;
      return status == null ? "unknown" : status;
    }
  }

  /** A pipeline is done when all stages of its recipe are: its account is written after each. */
  private static String status(List<StageResult> stages, int all) {
    Set<StageStatus> states = stages.stream().map(StageResult::status).collect(Collectors.toSet());
    if (states.contains(StageStatus.FAILED)) {
      return "failed";
    }
    return stages.size() == all && !states.contains(StageStatus.RUNNING) ? "done" : "unfinished";
  }

  /** That of the first stage that has one before, of the last that has one after. */
  private static @Nullable Evaluation evaluation(
      ObjectNode recipe, List<Path> metrics, Path place, String when) throws IOException {
    List<Path> folders = new ArrayList<>(metrics);
    if (!folders.contains(place)) {
      folders.add(place);
    }
    Evaluation found = null;
    for (Path folder : folders) {
      List<EvaluatedSample> samples =
          EvaluationFiles.read(folder.resolve("evaluation-" + when + ".jsonl"));
      if (!samples.isEmpty() && (found == null || when.equals("after"))) {
        int own = recipe.at("/evaluation/max_new_tokens").asInt(0);
        int most = own > 0 ? own : recipe.at("/sampling/max_new_tokens").asInt(1);
        found = Evaluation.of(samples, most);
      }
    }
    return found;
  }

  /** What decides its draws. */
  long seed() {
    return recipe.path("seed").asLong();
  }

  /** The same under another name. */
  ReportedRun named(String other) {
    return new ReportedRun(
        other, folder, kind, status, model, recipe, metrics, stages, before, after);
  }

  /** Its recipe, to be held against others'. */
  RecipeDifferences.Named source() {
    return new RecipeDifferences.Named(name, folder.toString(), RecipeLoader.toYaml(recipe));
  }
}
