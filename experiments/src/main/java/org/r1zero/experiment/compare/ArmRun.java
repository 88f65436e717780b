package org.r1zero.experiment.compare;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.r1zero.experiment.pipeline.StageCost;
import org.r1zero.experiment.pipeline.StageResult;
import org.r1zero.experiment.pipeline.StageStatus;

/**
 * What training an arm with one seed came to: {@code arm.json} in its folder.
 *
 * @param key hash of the recipe with its seed, and of the base model: another one is trained again
 * @param status {@code done} or {@code failed}
 * @param fault what stopped it; empty where nothing did
 * @param stages with what they took; those of failed tries too
 * @param model the folder of the trained model; empty where it failed
 * @param runs folders that hold {@code metrics.jsonl} and {@code rollouts}, in the order of the
 *     stages; relative to the working folder
 */
public record ArmRun(
    String key, String status, String fault, List<Stage> stages, String model, List<String> runs) {

  /** Fixes the lists. */
  public ArmRun {
    stages = List.copyOf(stages);
    runs = List.copyOf(runs);
  }

  /**
   * One stage.
   *
   * @param name from the recipe
   * @param kind such as {@code rl} or {@code sft}
   * @param status how it ended
   * @param cost of all its tries
   * @param tries how many there were
   * @param brokenSeconds of the cost's, those of tries that failed, were stopped or killed
   */
  public record Stage(
      String name,
      String kind,
      StageStatus status,
      @JsonUnwrapped StageCost cost,
      int tries,
      double brokenSeconds) {

    static Stage of(StageResult result) {
      return new Stage(
          result.name(),
          result.kind(),
          result.status(),
          result.cost(),
          result.attempts().count(),
          result.attempts().brokenSeconds());
    }
  }

  /** Whether there is a model to be measured. */
  boolean isDone() {
    return status.equals("done");
  }
}
