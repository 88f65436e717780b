package org.r1zero.experiment.compare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.metrics.RunSteps;
import org.r1zero.experiment.pipeline.Lineage;
import org.r1zero.experiment.pipeline.PipelineResult;
import org.r1zero.experiment.pipeline.PipelineRun;
import org.r1zero.experiment.pipeline.StageResult;
import org.r1zero.experiment.run.StoppedException;

/**
 * Trains arms as pipelines; a training recipe is a pipeline of one RL stage. All have one folder
 * for their stages, so that a stage that two arms share, such as a cold start, is made once; its
 * cost counts for each of them.
 *
 * @param output where all arms' stages go; made if missing
 * @param out for progress
 */
record PipelineArms(Path output, PrintStream out) {
  /**
   * Checks an arm's stages, so that no fault of the last arm's shows when the first ones are
   * trained.
   *
   * @return what each stage will work on, in words
   * @throws org.r1zero.experiment.config.ConfigException with every fault
   */
  List<String> verify(Arm arm, long seed) throws IOException {
    return new PipelineRun(recipe(arm, seed), out).verify();
  }

  /**
   * Trains, or goes on where a killed try was.
   *
   * @param key of the training
   * @param earlier stages of failed tries, kept in the account where these leave none of their own
   * @throws StoppedException if a signal ended it: that is not a fault of the arm
   */
  ArmRun train(Arm arm, long seed, String key, List<ArmRun.Stage> earlier) throws IOException {
    Recipe recipe = recipe(arm, seed);
    Path account = output.toAbsolutePath().resolve(recipe.name() + "-seed" + seed);
    try {
      new PipelineRun(recipe, out).run();
      return read(account, Lineage.of(recipe), "done", "", key, earlier);
    } catch (StoppedException e) {
      throw e;
    } catch (RuntimeException e) { // the recipe was checked: it is the arm that fails
      String fault = e.getMessage() == null ? e.toString() : e.getMessage();
      return read(account, Lineage.of(recipe), "failed", fault, key, earlier);
    }
  }

  /** Named after its arm: two arms may have one recipe with different settings. */
  private Recipe recipe(Arm arm, long seed) {
    ObjectNode tree = arm.tree().deepCopy();
    if (!tree.has("stages")) {
      tree.withObject("/evaluation").put("problems", 0); // measured by the comparison, once
    }
    tree.put("name", CompareConfig.folder(arm.name()).replaceFirst("(?<=.)-$", ""));
    tree.put("seed", seed).put("output", output.toString());
    return RecipeLoader.bind(Recipe.class, arm.file(), tree, List.of());
  }

  /**
   * A stage's own account has its failed tries already. All stages cost, and those that train the
   * result's own base are its learning curves: a teacher's are another arm's.
   */
  private static ArmRun read(
      Path folder,
      Lineage lineage,
      String status,
      String fault,
      String key,
      List<ArmRun.Stage> earlier)
      throws IOException {
    if (!Files.exists(folder.resolve(PipelineResult.FILE))) {
      return new ArmRun(key, status, fault, earlier, "", List.of());
    }
    PipelineResult account = PipelineResult.read(folder);
    List<String> runs = new ArrayList<>();
    for (StageResult stage : account.stages()) {
      if (lineage.isOfResult(stage.name())) {
        RunSteps.below(stage.directory()).forEach(run -> runs.add(run.toString()));
      }
    }
    String model = account.model() == null ? "" : account.model().toString();
    List<ArmRun.Stage> stages = account.stages().stream().map(ArmRun.Stage::of).toList();
    return new ArmRun(key, status, fault, stages, model, runs);
  }
}
