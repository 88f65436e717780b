package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.grpo.AdvantageConfig;
import org.r1zero.grpo.GrpoConfig;
import org.r1zero.grpo.OffPolicyConfig;
import org.r1zero.grpo.health.HealthConfig;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.LoraConfig;
import org.r1zero.grpo.model.Quantization;
import org.r1zero.rollout.RolloutsConfig;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.verify.reward.RewardEntry;
import org.r1zero.verify.reward.ScoringConfig;

/**
 * Everything that a run depends on.
 *
 * @param name becomes part of the run directory's name
 * @param seed decides all randomness
 * @param model the model to train: a folder in Hugging Face layout, or {@code embedded}
 * @param dtype what the network computes in; weights are kept in fp32
 * @param device where the model is: {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param output the folder that run directories go to
 * @param task where problems come from
 * @param prompt how problems are put to the model
 * @param rewards how answers are judged; the first is what accuracy means
 * @param scoring how verifiers are run
 * @param environment what answers the model's turns, where a rollout has several
 * @param sampling how completions are drawn
 * @param rollouts who samples completions, when, and which of them training gets
 * @param lora low-rank adapters, trained in place of the weights where their rank is above 0
 * @param grpo the training
 * @param evaluation what is measured on held-out problems, and when
 * @param checkpoint how the state of training is kept
 * @param health what is watched in training, and what is done about it
 * @param metrics where else the run's numbers can be read
 */
public record Recipe(
    String name,
    long seed,
    String model,
    ComputeType dtype,
    String device,
    String output,
    TaskConfig task,
    PromptConfig prompt,
    List<RewardEntry> rewards,
    ScoringConfig scoring,
    EnvironmentConfig environment,
    SamplingConfig sampling,
    RolloutsConfig rollouts,
    LoraConfig lora,
    GrpoConfig grpo,
    EvaluationConfig evaluation,
    CheckpointConfig checkpoint,
    HealthConfig health,
    MetricsConfig metrics) {

  private static final int MAX_NAME = 100;

  /** Checks what no part can check alone. */
  public Recipe {
    List<String> faults = new ArrayList<>(nameFaults(name));
    if (rewards.isEmpty()) {
      faults.add("rewards must name at least one verifier, such as {verifier: number}");
    }
    if (sampling.temperature() <= 0) {
      faults.add(
          "sampling.temperature must be > 0 in training, was "
              + sampling.temperature()
              + " (a group needs different answers)");
    }
    if (sampling.quantization() != Quantization.NONE) {
      if (dtype != ComputeType.BFLOAT16) {
        faults.add("dtype must be bfloat16 where sampling.quantization is int8, was " + dtype);
      }
      if (!grpo.offPolicy().importanceSamplingCorrection()
          && grpo.offPolicy().oldLogProbs() != OffPolicyConfig.OldLogProbs.SAMPLER) {
        faults.add(
            "grpo.off_policy.importance_sampling_correction must be true where"
                + " sampling.quantization is int8, was false (the quantised policy sampled the"
                + " rollouts; importance_sampling_mode: token_truncate bounds each token's weight)");
      }
    }
    boolean stale =
        rollouts.mode() == RolloutsConfig.Mode.ASYNC || rollouts.partialRollouts().enable();
    if (stale
        && grpo.offPolicy().oldLogProbs() != OffPolicyConfig.OldLogProbs.SAMPLER
        && !grpo.offPolicy().importanceSamplingCorrection()) {
      faults.add(
          "grpo.off_policy.importance_sampling_correction must be true (the decoupled objective),"
              + " or grpo.off_policy.old_log_probs sampler, where rollouts.mode is async or"
              + " partial_rollouts is on: older weights sampled the rollouts, and without either"
              + " nothing accounts for it");
    }
    if (rollouts.partialRollouts().enable()
        && rollouts.partialRollouts().overSampling() > grpo.problemsPerStep()) {
      faults.add(
          "rollouts.partial_rollouts.over_sampling must be <= grpo.problems_per_step ("
              + grpo.problemsPerStep()
              + "), was "
              + rollouts.partialRollouts().overSampling()
              + " (a step has to be able to train all that was carried over)");
    }
    faults.addAll(bestByEvaluation(evaluation, checkpoint.metricForBestModel()));
    if (lora.r() > 0 && grpo.reference().syncRefModel()) {
      faults.add(
          "grpo.reference.sync_ref_model must be false where lora.r is > 0, was true (the reference"
              + " is the frozen weights under the adapters, which have nothing to follow with; train"
              + " all weights with lora.r: 0, or keep the reference fixed)");
    }
    boolean oneByOne =
        grpo.advantage().multiObjectiveAggregation()
            == AdvantageConfig.MultiObjectiveAggregation.NORMALIZE_THEN_SUM;
    if (oneByOne && rewards.stream().anyMatch(RewardEntry::gate)) {
      faults.add(
          "rewards must have no gate where grpo.advantage.multi_objective_aggregation is"
              + " normalize_then_sum (each is compared within its group alone)");
    }
    boolean paid = rewards.stream().anyMatch(reward -> reward.verifier().equals("environment"));
    if (paid && !environment.isOn()) {
      faults.add(
          "environment.name must name an environment where rewards has the verifier environment, was"
              + " none (it scores what the environment paid)");
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
    rewards = List.copyOf(rewards);
  }

  private static List<String> bestByEvaluation(EvaluationConfig evaluation, String best) {
    boolean measured = best.startsWith(EvaluationConfig.METRICS);
    List<String> known =
        List.of(
            EvaluationConfig.SAMPLED,
            EvaluationConfig.GREEDY,
            EvaluationConfig.LENGTH,
            EvaluationConfig.TRUNCATED);
    if (measured && !known.contains(best)) {
      return List.of(
          "checkpoint.metric_for_best_model must be one of "
              + String.join(", ", known)
              + " where it is a metric of evaluation, was "
              + best);
    }
    if (measured && evaluation.everySteps() == 0) {
      return List.of(
          "evaluation.every_steps must be > 0 where checkpoint.metric_for_best_model is "
              + best
              + ", was 0");
    }
    if (!measured && evaluation.patience() > 0) {
      return List.of(
          "checkpoint.metric_for_best_model must be a metric of evaluation, such as "
              + EvaluationConfig.SAMPLED
              + ", where evaluation.patience is > 0, was "
              + best);
    }
    return List.of();
  }

  /** What is wrong with a name that becomes part of a folder's: nothing, or one fault. */
  public static List<String> nameFaults(String name) {
    if (name.length() > MAX_NAME) {
      return List.of("name must have at most " + MAX_NAME + " characters, had " + name.length());
    }
    return name.matches("[A-Za-z0-9._-]+")
        ? List.of()
        : List.of("name must be letters, digits, '.', '_' and '-', was '" + name + "'");
  }

  /** The column of the verifier whose verdict is what accuracy means: the first reward's. */
  public String accuracyColumn() {
    return rewards.get(0).column();
  }

  /** The same of a recipe's tree, or a pipeline's: its first reward's name, or its verifier's. */
  public static String accuracyColumn(JsonNode tree) {
    JsonNode first = tree.at("/rewards/0");
    String name = first.path("name").asText("");
    return name.isEmpty() ? first.path("verifier").asText("number") : name;
  }

  /** The embedded model on arithmetic. */
  public static Recipe defaults() {
    return new Recipe(
        "run",
        42,
        "embedded",
        ComputeType.FLOAT32,
        "auto",
        "runs",
        TaskConfig.defaults(),
        PromptConfig.defaults(),
        List.of(RewardEntry.defaults()),
        ScoringConfig.defaults(),
        EnvironmentConfig.defaults(),
        SamplingConfig.defaults(),
        RolloutsConfig.defaults(),
        LoraConfig.defaults(),
        GrpoConfig.defaults(),
        EvaluationConfig.defaults(),
        CheckpointConfig.defaults(),
        HealthConfig.defaults(),
        MetricsConfig.defaults());
  }
}
