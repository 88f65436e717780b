package org.r1zero.experiment.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.pipeline.Lineage;
import org.r1zero.experiment.pipeline.PipelineRecipe;
import org.r1zero.experiment.pipeline.PipelineRun;

/**
 * Arms whose recipe is a pipeline. All have one folder for their stages, so that a stage that two
 * arms share, such as a cold start, is made once; its cost counts for each of them.
 */
final class PipelineArms {
  private static final ObjectMapper JSON = new ObjectMapper();

  private PipelineArms() {}

  /**
   * Runs pipelines.
   *
   * @param output for all arms' stages
   */
  static ArmTrainer trainer(Path output, PrintStream out) {
    return (arm, seed, folder, key, earlier) -> {
      ObjectNode tree = arm.tree().deepCopy();
      tree.put("seed", seed).put("output", output.toString());
      PipelineRecipe recipe = RecipeLoader.bind(PipelineRecipe.class, arm.file(), tree, List.of());
      Path pipeline =
          output.toAbsolutePath().resolve(recipe.name() + "-seed" + seed).resolve("pipeline.json");
      try {
        new PipelineRun(recipe, out).run();
        return read(pipeline, Lineage.of(recipe), "done", "", key, earlier);
      } catch (ConfigException e) {
        throw e;
      } catch (RuntimeException e) {
        return read(pipeline, Lineage.of(recipe), "failed", e.toString(), key, earlier);
      }
    };
  }

  /**
   * A stage's own account has its failed tries already. All stages cost, and those that train the
   * result's own base are its learning curves: a teacher's are another arm's.
   */
  private static ArmRun read(
      Path file,
      Lineage lineage,
      String status,
      String fault,
      String key,
      List<ArmRun.Stage> earlier)
      throws IOException {
    if (!Files.exists(file)) {
      return new ArmRun(key, status, fault, earlier, "", List.of());
    }
    JsonNode root = JSON.readTree(file.toFile());
    List<ArmRun.Stage> stages = new ArrayList<>();
    List<String> runs = new ArrayList<>();
    for (JsonNode stage : root.path("stages")) {
      JsonNode cost = stage.path("cost");
      stages.add(
          new ArmRun.Stage(
              stage.path("name").asText(),
              stage.path("kind").asText(),
              stage.path("status").asText(),
              cost.path("seconds").asDouble(),
              cost.path("sampled_tokens").asLong(),
              cost.path("trained_tokens").asLong(),
              cost.path("flops").asDouble()));
      if (lineage.isOfResult(stage.path("name").asText())) {
        runs.addAll(withMetrics(Path.of(stage.path("directory").asText())));
      }
    }
    return new ArmRun(key, status, fault, stages, root.path("model").asText(""), runs);
  }

  private static List<String> withMetrics(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder, 4)) {
      return files
          .filter(file -> file.endsWith("metrics.jsonl"))
          .map(file -> String.valueOf(file.getParent()))
          .sorted()
          .toList();
    }
  }
}
