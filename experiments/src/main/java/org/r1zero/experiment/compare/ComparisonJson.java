package org.r1zero.experiment.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.function.Function;
import org.apache.commons.math3.stat.StatUtils;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.evaluate.EvaluationDetails.SelfCheckRates;
import org.r1zero.experiment.evaluate.Interval;
import org.r1zero.experiment.evaluate.PairedBootstrap;
import org.r1zero.experiment.evaluate.PairedBootstrap.Difference;
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
    root.set("differences", differences());
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
      node.set("pass_at", curve(scaling, ScalingValues::passAt));
      node.set("cons_at", curve(scaling, ScalingValues::consAt));
      node.set("budgets", curve(scaling, ScalingValues::budgets));
      node.set("self_checks", selfChecks(arm));
    }
    node.set("cost", new CostAccount(config.price()).write(arm));
    return node;
  }

  private ObjectNode measure(ArmResult arm, Measure measure) {
    double[][] values = arm.perProblem(measure.greedy(), measure.of());
    ObjectNode node = interval(PairedBootstrap.single(values, config.evaluationSeed()));
    double[] seeds = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      seeds[i] = StatUtils.mean(values[i]);
    }
    node.set("per_seed", JSON.valueToTree(seeds));
    if (seeds.length > 1) {
      node.put("seed_sd", Math.sqrt(StatUtils.variance(seeds)));
    }
    return node;
  }

  private static ObjectNode interval(Difference difference) {
    ObjectNode node = JSON.createObjectNode();
    node.put("mean", difference.mean());
    node.set("ci_problems", ends(difference.overProblems()));
    node.set("ci_problems_and_seeds", ends(difference.overSeeds()));
    return node;
  }

  private static ArrayNode ends(Interval interval) {
    return JSON.createArrayNode().add(interval.low()).add(interval.high());
  }

  /** Means over seeds and problems, with the interval over both. */
  private ArrayNode curve(
      List<ScalingValues> seeds, Function<ScalingValues, NavigableMap<Integer, double[]>> points) {
    ArrayNode array = JSON.createArrayNode();
    for (int key : points.apply(seeds.get(0)).keySet()) {
      List<double[]> values = new ArrayList<>();
      for (ScalingValues seed : seeds) {
        double[] ofSeed = points.apply(seed).get(key);
        if (ofSeed != null) {
          values.add(ofSeed);
        }
      }
      Difference mean =
          PairedBootstrap.single(values.toArray(double[][]::new), config.evaluationSeed());
      ObjectNode point = array.addObject().put("x", key).put("mean", mean.mean());
      point.put("low", mean.overSeeds().low()).put("high", mean.overSeeds().high());
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

  private ArrayNode differences() {
    ArrayNode all = JSON.createArrayNode();
    List<ArmResult> measured = measured();
    for (Measure measure : Measure.ALL) {
      for (int i = 0; i < measured.size(); i++) {
        for (int j = i + 1; j < measured.size(); j++) {
          all.add(difference(measure, measured.get(j), measured.get(i)));
        }
      }
    }
    return all;
  }

  private ObjectNode difference(Measure measure, ArmResult first, ArmResult second) {
    Difference difference =
        PairedBootstrap.compare(
            first.perProblem(measure.greedy(), measure.of()),
            second.perProblem(measure.greedy(), measure.of()),
            config.evaluationSeed());
    ObjectNode node = interval(difference);
    node.put("measure", measure.id()).put("first", first.name()).put("second", second.name());
    node.put("finding", isFinding(measure, first, second));
    node.put("within_noise", difference.isWithinNoise());
    node.put("text", sentence(measure, first.name(), second.name(), difference));
    return node;
  }

  /** A trained arm is held against its own base only; accuracy and readability come first. */
  private static boolean isFinding(Measure measure, ArmResult first, ArmResult second) {
    boolean headline = measure.id().equals("pass1") || measure.id().equals("readable");
    boolean trained = !first.isBase() && !second.isBase();
    boolean ownBase = first.isBase() != second.isBase() && first.model().equals(second.model());
    return headline && (trained || ownBase);
  }

  /** What a difference says, in words. */
  private static String sentence(
      Measure measure, String first, String second, Difference difference) {
    double scale = measure.isShare() ? 100 : 1;
    String unit = measure.isShare() ? " points" : " tokens";
    Interval wide = difference.overSeeds();
    String size =
        String.format(
            Locale.ROOT,
            "%+.1f%s [%+.1f, %+.1f]",
            scale * difference.mean(),
            unit,
            scale * wide.low(),
            scale * wide.high());
    if (difference.isWithinNoise()) {
      return measure.label() + ": " + first + " and " + second + " are within noise, " + size;
    }
    String more = difference.mean() > 0 ? "higher" : "lower";
    Boolean up = measure.higherIsBetter();
    String judged = up == null ? more : up == difference.mean() > 0 ? "better" : "worse";
    return measure.label() + ": " + first + " is " + judged + " than " + second + ", " + size;
  }
}
