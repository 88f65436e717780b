package org.r1zero.experiment.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.apache.commons.math3.stat.StatUtils;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.compare.Compared.Amount;
import org.r1zero.experiment.compare.Compared.Difference;
import org.r1zero.experiment.compare.Compared.Ends;
import org.r1zero.experiment.compare.Compared.Point;
import org.r1zero.experiment.compare.Compared.SeedStage;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.evaluate.EvaluationDetails.SelfCheckRates;
import org.r1zero.experiment.evaluate.Interval;
import org.r1zero.experiment.evaluate.PairedDifference;
import org.r1zero.experiment.evaluate.PairedDifference.Measured;
import org.r1zero.experiment.evaluate.ScalingValues;
import org.r1zero.experiment.pipeline.StageCost;
import org.r1zero.experiment.pipeline.StageStatus;

/**
 * Computes what a comparison found.
 *
 * <p>Of costs: FLOPs are 6 a parameter and trained token, 2 a parameter and sampled token (Kaplan
 * et al., arXiv:2001.08361, without attention). Energy is wall time at the stated power; cost is
 * wall time at the stated price.
 */
public final class Comparing {
  private static final double JOULES_PER_KWH = 3.6e6;
  private final CompareConfig.Price price;
  private final long evaluationSeed;
  private final List<ArmResult> arms;

  /**
   * Takes what was measured.
   *
   * @param evaluationSeed decides the draws of intervals
   */
  public Comparing(CompareConfig.Price price, long evaluationSeed, List<ArmResult> arms) {
    this.price = price;
    this.evaluationSeed = evaluationSeed;
    this.arms = arms;
  }

  /**
   * All numbers: arms in their order, then every pair's differences.
   *
   * @param seeds of the trainings
   * @param report where the report is; {@code null} where there is none of its own
   */
  public Compared compare(String name, List<Long> seeds, @Nullable String report) {
    Evaluation any = measured().get(0).seeds().get(0).evaluation();
    List<Headline.Pair> pairs = pairs();
    String accuracy = Measure.ALL.get(0).id();
    return new Compared(
        name,
        evaluationSeed,
        any.problems(),
        any.samples(),
        seeds,
        price,
        Measure.ALL.stream()
            .map(m -> new Compared.MeasureLabel(m.id(), m.label(), m.isShare(), m.higherIsBetter()))
            .toList(),
        arms.stream().map(this::arm).toList(),
        pairs.stream().map(Comparing::difference).toList(),
        Headline.of(
            measured(), pairs.stream().filter(p -> p.measure().id().equals(accuracy)).toList()),
        report);
  }

  private List<ArmResult> measured() {
    return arms.stream().filter(ArmResult::isMeasured).toList();
  }

  private Compared.Arm arm(ArmResult arm) {
    boolean measured = arm.isMeasured();
    Map<String, Compared.Value> values = new LinkedHashMap<>();
    List<ScalingValues> scaling =
        arm.seeds().stream().map(seed -> ScalingValues.of(seed.evaluation())).toList();
    if (measured) {
      Measure.ALL.forEach(measure -> values.put(measure.id(), value(arm, measure)));
    }
    return new Compared.Arm(
        arm.name(),
        arm.recipe(),
        arm.recipeYaml(),
        arm.model(),
        arm.isBase(),
        arm.seeds().stream().map(ArmResult.SeedResult::seed).toList(),
        arm.failed().stream().map(ArmRun::fault).toList(),
        measured,
        values,
        measured ? curve(arm, scaling, ScalingValues::passAt) : null,
        measured ? curve(arm, scaling, ScalingValues::consAt) : null,
        measured ? curve(arm, scaling, ScalingValues::budgets) : null,
        measured ? selfChecks(arm) : null,
        cost(arm));
  }

  private static Compared.Value value(ArmResult arm, Measure measure) {
    Measured values = arm.measured(measure);
    double[] seeds = values.ofSeeds();
    return new Compared.Value(
        values.overSeeds().mean(),
        Ends.of(values.overProblems()),
        Ends.of(values.overSeeds()),
        Arrays.stream(seeds).boxed().toList(),
        seeds.length > 1 ? Math.sqrt(StatUtils.variance(seeds)) : null);
  }

  /** Means over seeds and problems, with the interval over both, where all seeds have them. */
  private static List<Point> curve(
      ArmResult arm,
      List<ScalingValues> seeds,
      Function<ScalingValues, NavigableMap<Integer, double[]>> points) {
    List<Point> curve = new ArrayList<>();
    int samples = Math.max(1, arm.seeds().get(0).evaluation().samples());
    for (int key : points.apply(seeds.get(0)).keySet()) {
      if (seeds.stream().allMatch(seed -> points.apply(seed).containsKey(key))) {
        double[][] values =
            seeds.stream().map(seed -> points.apply(seed).get(key)).toArray(double[][]::new);
        Interval mean = new Measured(values, samples, true, !arm.isBase()).overSeeds();
        curve.add(new Point(key, mean.mean(), mean.low(), mean.high()));
      }
    }
    return curve;
  }

  private static Compared.SelfChecks selfChecks(ArmResult arm) {
    List<SelfCheckRates> rates =
        arm.seeds().stream().map(seed -> seed.evaluation().details().selfChecks()).toList();
    return new Compared.SelfChecks(
        rates.stream().mapToDouble(r -> r.verifying().mean()).average().orElse(0),
        rates.stream().mapToDouble(r -> r.correcting().mean()).average().orElse(0),
        sum(rates, SelfCheckRates::corrected),
        sum(rates, SelfCheckRates::correctedRight),
        sum(rates, SelfCheckRates::wrongToRight),
        sum(rates, SelfCheckRates::rightToWrong));
  }

  private static int sum(List<SelfCheckRates> rates, ToIntFunction<SelfCheckRates> count) {
    return rates.stream().mapToInt(count).sum();
  }

  private Compared.Cost cost(ArmResult arm) {
    List<ArmRun> runs = new ArrayList<>(arm.failed());
    arm.seeds().forEach(seed -> runs.add(seed.run()));
    List<ArmRun.Stage> all = runs.stream().flatMap(run -> run.stages().stream()).toList();
    StageCost total = all.stream().map(ArmRun.Stage::cost).reduce(StageCost.NONE, StageCost::plus);
    double failed =
        all.stream()
            .mapToDouble(
                s -> s.status() == StageStatus.FAILED ? s.cost().seconds() : s.brokenSeconds())
            .sum();
    List<SeedStage> stages = new ArrayList<>();
    arm.seeds().forEach(seed -> add(stages, Long.toString(seed.seed()), seed.run()));
    arm.failed().forEach(run -> add(stages, "failed", run));
    return new Compared.Cost(
        amount(total), amount(total.times(runs.isEmpty() ? 0 : 1.0 / runs.size())), failed, stages);
  }

  private static void add(List<SeedStage> stages, String seed, ArmRun run) {
    run.stages().forEach(stage -> stages.add(new SeedStage(seed, stage)));
  }

  private Amount amount(StageCost cost) {
    return new Amount(
        cost,
        cost.seconds() * price.watts() / JOULES_PER_KWH,
        cost.seconds() / 3600 * price.perHour());
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
                  first.measured(measure), second.measured(measure), evaluationSeed);
          pairs.add(new Headline.Pair(measure, first, second, difference));
        }
      }
    }
    return pairs;
  }

  private static Difference difference(Headline.Pair pair) {
    PairedDifference difference = pair.difference();
    return new Difference(
        difference.mean(),
        Ends.of(difference.overProblems()),
        Ends.of(difference.overSeeds()),
        Ends.of(difference.score()),
        difference.p(),
        pair.measure().id(),
        pair.first().name(),
        pair.second().name(),
        isFinding(pair.measure(), pair.first(), pair.second()),
        difference.verdict(),
        pair.sentence());
  }

  /** A trained arm is held against its own base only; accuracy and readability come first. */
  private static boolean isFinding(Measure measure, ArmResult first, ArmResult second) {
    boolean headline = measure.id().equals("pass1") || measure.id().equals("readable");
    boolean trained = !first.isBase() && !second.isBase();
    boolean ownBase = first.isBase() != second.isBase() && first.model().equals(second.model());
    return headline && (trained || ownBase);
  }
}
