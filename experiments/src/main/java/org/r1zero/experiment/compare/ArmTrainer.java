package org.r1zero.experiment.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.metrics.JsonLinesReader;
import org.r1zero.experiment.metrics.Progress;
import org.r1zero.experiment.run.ModelSize;
import org.r1zero.experiment.run.R1ZeroRun;

/** Trains an arm by its recipe. */
interface ArmTrainer {

  /**
   * Trains, or goes on where a killed try was.
   *
   * @param arm what to train
   * @param seed of this training
   * @param folder of this arm and seed; the training's folders go below it
   * @param earlier stages of failed tries, kept in the account
   */
  ArmRun train(Arm arm, long seed, Path folder, String key, List<ArmRun.Stage> earlier)
      throws IOException;

  /** A training recipe: one stage of RL. */
  static ArmTrainer ofRecipes(PrintStream out) {
    return (arm, seed, folder, key, earlier) -> {
      ObjectNode tree = arm.tree().deepCopy();
      tree.put("seed", seed).put("output", folder.resolve("runs").toString());
      tree.withObject("/evaluation").put("problems", 0); // measured by the comparison, once
      Recipe recipe = RecipeLoader.bind(Recipe.class, arm.file(), tree, List.of());
      long started = System.nanoTime();
      List<ArmRun.Stage> stages = new ArrayList<>(earlier);
      try {
        Path run =
            new R1ZeroRun(recipe, new Progress(out, recipe.grpo().steps(), recipe.accuracyColumn()))
                .run()
                .directory();
        stages.add(stage(recipe, "done", (System.nanoTime() - started) / 1e9, run));
        return new ArmRun(
            key, "done", "", stages, run.resolve("model").toString(), List.of(run.toString()));
      } catch (RuntimeException e) {
        Path run = newest(folder.resolve("runs"));
        stages.add(stage(recipe, "failed", (System.nanoTime() - started) / 1e9, run));
        return new ArmRun(key, "failed", e.toString(), stages, "", List.of(run.toString()));
      }
    };
  }

  private static ArmRun.Stage stage(Recipe recipe, String status, double seconds, Path run)
      throws IOException {
    double sampled = 0;
    long trained = 0;
    for (JsonNode step : JsonLinesReader.read(run.resolve("metrics.jsonl"))) {
      sampled +=
          step.path("tokens_per_second/rollout").asDouble() * step.path("time/rollout").asDouble();
      trained = Math.max(trained, step.path("num_tokens").asLong());
    }
    double flops =
        ModelSize.parameters(recipe.model()) * (2.0 * Math.round(sampled) + 6.0 * trained);
    return new ArmRun.Stage("rl", "rl", status, seconds, Math.round(sampled), trained, flops);
  }

  private static Path newest(Path runs) throws IOException {
    if (!Files.isDirectory(runs)) {
      return runs;
    }
    try (Stream<Path> all = Files.list(runs)) {
      return all.filter(p -> Files.exists(p.resolve("recipe.yaml")))
          .sorted()
          .reduce(runs, (a, b) -> b);
    }
  }
}
