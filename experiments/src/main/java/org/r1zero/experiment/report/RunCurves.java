package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.math3.stat.StatUtils;
import org.r1zero.experiment.config.EvaluationConfig;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.evaluate.Judges;
import org.r1zero.experiment.metrics.RunSteps;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verifier;

/** What a run's files say over its steps: the steps of several RL stages one after another. */
final class RunCurves {
  /** What a band is. */
  static final String BANDS =
      "Bands are 95 % intervals over seeds and the steps' problems. From 30 steps on"
          + " each point is the mean of the steps around it, one a side for every 30 steps.";

  private static final int ROLLOUTS_A_STEP = 32;
  private final Verifier language;
  private final JsonNode given;

  /**
   * Takes the language that rollouts should be in, such as {@code en}.
   *
   * @param recipe names it under {@code evaluation.language}, and the rewards of runs without a
   *     recipe of their own
   */
  RunCurves(JsonNode recipe) {
    this.language = Judges.languageOf(languageOf(recipe));
    this.given = recipe;
  }

  /** What a recipe's evaluation wants; English where it does not say. */
  static String languageOf(JsonNode recipe) {
    return recipe.at("/evaluation/language").asText("en");
  }

  /**
   * The charts that report.js draws the curves in.
   *
   * @param who what the curves are of, such as runs
   * @param data whose arms have curves; decides whether there are supervised stages
   */
  static void charts(HtmlPage page, String who, JsonNode data) {
    List<Html> charts = new ArrayList<>();
    charts.add(
        page.chart(
            "chart-accuracy",
            "Accuracy of rollouts",
            "Share of each step's rollouts that are right."));
    charts.add(
        page.chart(
            "chart-reward",
            "Reward",
            "What training maximises; " + who + " may have other rewards."));
    charts.add(page.chart("chart-length", "Length", "Mean tokens of a rollout."));
    charts.add(
        page.chart(
            "chart-mixing",
            "Language mixing",
            "Share of rollouts with fewer than 97 % of their words in the wanted language; "
                + ROLLOUTS_A_STEP
                + " rollouts per step."));
    if (any(data, "held_out")) {
      charts.add(
          page.chart(
              "chart-held-out",
              "Accuracy on held-out problems",
              "Sampled pass@1 while it trained (evaluation.every_steps); the first seed."));
    }
    if (any(data, "supervised")) {
      charts.add(
          page.chart(
              "chart-supervised",
              "Loss of supervised stages",
              "Cross-entropy of SFT, reverse KL of on-policy distillation; stages one after another."
                  + " Of several seeds the mean, from the lowest to the highest."));
    }
    page.grid(charts.toArray(Html[]::new));
  }

  private static boolean any(JsonNode data, String curves) {
    for (JsonNode arm : data.path("arms")) {
      for (JsonNode seed : arm.path(curves)) {
        if (!seed.isEmpty()) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * What the metrics of runs say.
   *
   * @param steps of reinforcement learning
   * @param supervised the loss over the steps of stages without rewards: SFT and on-policy
   *     distillation
   * @param heldOut accuracy on held-out problems, of the steps after which it was measured
   */
  record Curves(List<CurveStep> steps, ArrayNode supervised, ArrayNode heldOut) {}

  /**
   * Reads the steps of runs, one run after the other.
   *
   * @param runs folders with {@code metrics.jsonl}
   */
  Curves read(List<Path> runs) throws IOException {
    Curves curves =
        new Curves(
            new ArrayList<>(),
            JsonNodeFactory.instance.arrayNode(),
            JsonNodeFactory.instance.arrayNode());
    long rewarded = 0;
    long taught = 0;
    int stage = 0;
    for (Path run : runs) {
      long lastRewarded = 0;
      long lastTaught = 0;
      String column = accuracyColumn(run);
      for (JsonNode step : new RunSteps(run).metrics()) {
        long number = step.path("step").asLong();
        if (step.has("reward")) {
          lastRewarded = number;
          curves.steps.add(step(run, step, column, new CurvePlace(rewarded + number, stage)));
          JsonNode accuracy = step.path(EvaluationConfig.SAMPLED);
          if (accuracy.isNumber()) {
            curves.heldOut.addObject().put("x", rewarded + number).set("mean", accuracy);
          }
        } else if (step.path("loss").isNumber()) {
          lastTaught = number;
          curves.supervised.addObject().put("step", taught + number).set("loss", step.get("loss"));
        }
      }
      rewarded += lastRewarded;
      taught += lastTaught;
      stage += lastRewarded == 0 ? 0 : 1;
    }
    return curves;
  }

  private record CurvePlace(long number, int stage) {}

  private CurveStep step(Path run, JsonNode metrics, String column, CurvePlace place)
      throws IOException {
    Map<String, Double> values = new LinkedHashMap<>();
    put(values, "reward", metrics.path("reward"));
    put(values, "length", metrics.path("completions/mean_length"));
    put(values, "accuracy", metrics.path("rewards/" + column + "/correct"));
    Map<String, double[]> ofProblems = new HashMap<>();
    List<RolloutTrace> rollouts = new RunSteps(run).rollouts(metrics.path("step").asLong());
    if (!rollouts.isEmpty()) {
      ofProblems.put("reward", CurveStep.ofProblems(rollouts, RolloutTrace::reward));
      ofProblems.put("length", CurveStep.ofProblems(rollouts, RolloutTrace::tokens));
      ofProblems.put("accuracy", CurveStep.ofProblems(rollouts, r -> r.isCorrect(column) ? 1 : 0));
      double[] mixing = mixing(CurveStep.some(rollouts, ROLLOUTS_A_STEP));
      ofProblems.put("mixing", mixing);
      values.put("mixing", StatUtils.mean(mixing));
    }
    int problems = ofProblems.getOrDefault("reward", new double[] {1}).length;
    int samples = Math.max(1, rollouts.size() / problems);
    return new CurveStep(place.stage(), place.number(), values, samples, ofProblems);
  }

  private static void put(Map<String, Double> values, String name, JsonNode value) {
    if (value.isNumber()) {
      values.put(name, value.doubleValue());
    }
  }

  /** What accuracy means in a run: the verdict of its recipe's first reward. */
  private String accuracyColumn(Path run) {
    Path recipe = run.resolve("recipe.yaml");
    return Recipe.accuracyColumn(
        Files.isRegularFile(recipe) ? RecipeLoader.tree(List.of(recipe)) : given);
  }

  /** Telling languages apart is what takes time here. */
  private double[] mixing(List<RolloutTrace> rollouts) {
    Map<String, Double> judged = new ConcurrentHashMap<>();
    rollouts.parallelStream()
        .map(RolloutTrace::completion)
        .forEach(text -> judged.computeIfAbsent(text, t -> mixes(t) ? 1.0 : 0.0));
    return CurveStep.ofProblems(rollouts, r -> judged.getOrDefault(r.completion(), 0.0));
  }

  private boolean mixes(String completion) {
    Problem problem = new Problem("rollout", "", "");
    return language.verify(problem, Completion.of(completion)).outcome() != Outcome.CORRECT;
  }
}
