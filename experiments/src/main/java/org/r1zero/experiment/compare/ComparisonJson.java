package org.r1zero.experiment.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.function.Function;
import org.apache.commons.math3.stat.StatUtils;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.evaluate.EvaluationDetails.SelfCheckRates;
import org.r1zero.experiment.evaluate.Interval;
import org.r1zero.experiment.evaluate.PairedDifference;
import org.r1zero.experiment.evaluate.PairedDifference.Measured;
import org.r1zero.experiment.evaluate.ScalingValues;

/** A comparison's numbers as one JSON object: {@code comparison.json}, and what reports show. */
public final class ComparisonJson {
  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  private final CompareConfig config;
  private final List<ArmResult> arms;

  /** Takes what was measured. */
  public ComparisonJson(CompareConfig config, List<ArmResult> arms) {
    this.config = config;
    this.arms = arms;
  }

  /** All numbers: arms in their order, then every pair's differences. */
  public ObjectNode write() {
    ObjectNode root = JSON.createObjectNode();
    root.put("name", config.name());
    root.put("evaluation_seed", config.evaluationSeed());
    Evaluation any = measured().get(0).seeds().get(0).evaluation();
    root.put("problems", any.problems()).put("samples", any.samples());
    root.set("seeds", JSON.valueToTree(config.seedNumbers()));
    root.set("price", JSON.valueToTree(config.price()));
    for (Measure measure : Measure.ALL) {
      ObjectNode node = root.withArray("/measures").addObject();
      node.put("id", measure.id()).put("label", measure.label());
      node.put("share", measure.isShare()).put("higher_is_better", measure.higherIsBetter());
    }
    arms.forEach(arm -> root.withArray("/arms").add(arm(arm)));
    List<Headline.Pair> pairs = pairs();
    pairs.forEach(pair -> root.withArray("/differences").add(difference(pair)));
    String accuracy = Measure.ALL.get(0).id();
    root.put(
        "headline",
        Headline.of(
            measured(), pairs.stream().filter(p -> p.measure().id().equals(accuracy)).toList()));
    return root;
  }

  private List<ArmResult> measured() {
    return arms.stream().filter(ArmResult::isMeasured).toList();
  }

  private ObjectNode arm(ArmResult arm) {
    ObjectNode node = JSON.createObjectNode();
    node.put("name", arm.name()).put("recipe", arm.recipe()).put("yaml", arm.recipeYaml());
    node.put("model", arm.model()).put("base", arm.isBase());
    arm.seeds().forEach(seed -> node.withArray("/seeds").add(seed.seed()));
    ArrayNode faults = node.putArray("failures");
    arm.failed().forEach(run -> faults.add(run.fault()));
    node.put("measured", arm.isMeasured());
    if (arm.isMeasured()) {
      Measure.ALL.forEach(measure -> node.set(measure.id(), measure(arm, measure)));
      List<ScalingValues> scaling =
          arm.seeds().stream().map(seed -> ScalingValues.of(seed.evaluation())).toList();
      node.set("pass_at", curve(arm, scaling, ScalingValues::passAt));
      node.set("cons_at", curve(arm, scaling, ScalingValues::consAt));
      node.set("budgets", curve(arm, scaling, ScalingValues::budgets));
      node.set("self_checks", selfChecks(arm));
    }
    node.set("cost", new CostAccount(config.price()).write(arm));
    return node;
  }

  private static ObjectNode measure(ArmResult arm, Measure measure) {
    Measured values = arm.measured(measure);
    double[] seeds = values.ofSeeds();
    ObjectNode node = JSON.createObjectNode();
    node.put("mean", values.overSeeds().mean());
    node.set("ci_problems", ends(values.overProblems()));
    node.set("ci_problems_and_seeds", ends(values.overSeeds()));
    node.set("per_seed", JSON.valueToTree(seeds));
    if (seeds.length > 1) {
      node.put("seed_sd", Math.sqrt(StatUtils.variance(seeds)));
    }
    return node;
  }

  private static ArrayNode ends(Interval interval) {
    return JSON.createArrayNode().add(interval.low()).add(interval.high());
  }

  /** Means over seeds and problems, with the interval over both, where all seeds have them. */
  private static ArrayNode curve(
      ArmResult arm,
      List<ScalingValues> seeds,
      Function<ScalingValues, NavigableMap<Integer, double[]>> points) {
    ArrayNode array = JSON.createArrayNode();
    int samples = Math.max(1, arm.seeds().get(0).evaluation().samples());
    for (int key : points.apply(seeds.get(0)).keySet()) {
      if (seeds.stream().allMatch(seed -> points.apply(seed).containsKey(key))) {
        double[][] values =
            seeds.stream().map(seed -> points.apply(seed).get(key)).toArray(double[][]::new);
        Interval mean = new Measured(values, samples, true, !arm.isBase()).overSeeds();
        ObjectNode point = array.addObject().put("x", key).put("mean", mean.mean());
        point.put("low", mean.low()).put("high", mean.high());
      }
    }
    return array;
  }

  private static ObjectNode selfChecks(ArmResult arm) {
    ObjectNode node = JSON.createObjectNode();
    List<SelfCheckRates> rates =
        arm.seeds().stream().map(seed -> seed.evaluation().details().selfChecks()).toList();
    node.put(
        "verifying", rates.stream().mapToDouble(r -> r.verifying().mean()).average().orElse(0));
    node.put(
        "correcting", rates.stream().mapToDouble(r -> r.correcting().mean()).average().orElse(0));
    node.put("corrected", rates.stream().mapToInt(SelfCheckRates::corrected).sum());
    node.put("corrected_right", rates.stream().mapToInt(SelfCheckRates::correctedRight).sum());
    node.put("wrong_to_right", rates.stream().mapToInt(SelfCheckRates::wrongToRight).sum());
    node.put("right_to_wrong", rates.stream().mapToInt(SelfCheckRates::rightToWrong).sum());
    return node;
  }

  /** All pairs by all measures: a base comes second, trained arms are in their order. */
  private List<Headline.Pair> pairs() {
    List<Headline.Pair> pairs = new ArrayList<>();
    List<ArmResult> inOrder = new ArrayList<>(measured());
    inOrder.sort(Comparator.comparing(ArmResult::isBase)); // is stable
    for (Measure measure : Measure.ALL) {
      for (int i = 0; i < inOrder.size(); i++) {
        for (int j = i + 1; j < inOrder.size(); j++) {
          ArmResult first = inOrder.get(i);
          ArmResult second = inOrder.get(j);
          PairedDifference difference =
              PairedDifference.of(
                  first.measured(measure), second.measured(measure), config.evaluationSeed());
          pairs.add(new Headline.Pair(measure, first, second, difference));
        }
      }
    }
    return pairs;
  }

  private static ObjectNode difference(Headline.Pair pair) {
    PairedDifference difference = pair.difference();
    ObjectNode node = JSON.createObjectNode();
    node.put("mean", difference.mean());
    node.set("ci_problems", ends(difference.overProblems()));
    node.set("ci_problems_and_seeds", ends(difference.overSeeds()));
    node.set("ci_score", ends(difference.score()));
    node.put("p", difference.p());
    node.put("measure", pair.measure().id());
    node.put("first", pair.first().name()).put("second", pair.second().name());
    node.put("finding", isFinding(pair.measure(), pair.first(), pair.second()));
    node.put("verdict", difference.verdict().name().toLowerCase(Locale.ROOT));
    node.put("text", pair.sentence());
    return node;
  }

  /** A trained arm is held against its own base only; accuracy and readability come first. */
  private static boolean isFinding(Measure measure, ArmResult first, ArmResult second) {
    boolean headline = measure.id().equals("pass1") || measure.id().equals("readable");
    boolean trained = !first.isBase() && !second.isBase();
    boolean ownBase = first.isBase() != second.isBase() && first.model().equals(second.model());
    return headline && (trained || ownBase);
  }
}
