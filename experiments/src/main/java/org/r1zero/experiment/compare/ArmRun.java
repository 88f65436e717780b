package org.r1zero.experiment.compare;

import java.util.List;

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
   * @param status {@code done}, {@code cached} or {@code failed}
   * @param seconds wall time
   * @param sampledTokens completion tokens generated
   * @param trainedTokens tokens of forward and backward passes
   * @param flops 2ND for sampled and 6ND for trained tokens
   * @param tries how many there were
   * @param brokenSeconds of {@code seconds}, those of tries that failed, were stopped or killed
   */
  public record Stage(
      String name,
      String kind,
      String status,
      double seconds,
      long sampledTokens,
      long trainedTokens,
      double flops,
      int tries,
      double brokenSeconds) {}

  /** Whether there is a model to be measured. */
  boolean isDone() {
    return status.equals("done");
  }
}
