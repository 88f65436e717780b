package org.r1zero.experiment.compare;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.evaluate.Interval;
import org.r1zero.experiment.evaluate.PairedDifference.Verdict;
import org.r1zero.experiment.pipeline.StageCost;

/**
 * What a comparison found: {@code comparison.json}, and what reports show.
 *
 * @param name from its recipe
 * @param evaluationSeed decides the problems and the samples
 * @param problems how many, the same for all arms
 * @param samples of each problem
 * @param seeds of the trainings
 * @param price of an hour
 * @param measures by which arms are compared, accuracy first
 * @param arms in their order
 * @param differences of every pair by every measure
 * @param headline the whole in one sentence; empty where nothing was trained
 * @param report where the report is; {@code null} where there is none yet
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Compared(
    String name,
    long evaluationSeed,
    int problems,
    int samples,
    List<Long> seeds,
    CompareConfig.Price price,
    List<MeasureLabel> measures,
    List<Arm> arms,
    List<Difference> differences,
    String headline,
    @Nullable String report) {
  /** The file's name. */
  public static final String FILE = "comparison.json";

  /** What an older version did not write is empty. */
  public Compared {
    arms = Objects.requireNonNullElse(arms, List.of());
    differences = Objects.requireNonNullElse(differences, List.of());
    headline = Objects.requireNonNullElse(headline, "");
  }

  /** What an arm is measured by, as in {@link Measure}. */
  public record MeasureLabel(
      String id, String label, boolean share, @Nullable Boolean higherIsBetter) {}

  /** An interval's two ends: an array of two. */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  public record Ends(double low, double high) {
    static Ends of(Interval interval) {
      return new Ends(interval.low(), interval.high());
    }
  }

  /**
   * What an arm is measured at.
   *
   * @param mean over seeds and problems
   * @param ciProblems its interval over problems
   * @param ciProblemsAndSeeds the same over seeds too
   * @param perSeed each seed's mean
   * @param seedSd their standard deviation; {@code null} of one seed
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Value(
      double mean,
      Ends ciProblems,
      Ends ciProblemsAndSeeds,
      List<Double> perSeed,
      @Nullable Double seedSd) {

    /** The mean with its interval over problems and seeds. */
    public Interval interval() {
      return new Interval(mean, ciProblemsAndSeeds.low(), ciProblemsAndSeeds.high());
    }
  }

  /** A point of a curve of test-time scaling: a mean with its interval. */
  public record Point(int x, double mean, double low, double high) {}

  /** Signs of self-verification and correction: two shares, and counts of all seeds. */
  public record SelfChecks(
      double verifying,
      double correcting,
      int corrected,
      int correctedRight,
      int wrongToRight,
      int rightToWrong) {}

  /** What work takes: as in {@link StageCost}, with energy at the stated power and price. */
  public record Amount(@JsonUnwrapped StageCost cost, double kwh, double price) {}

  /** A stage of one seed, or of a try that failed. */
  public record SeedStage(String seed, @JsonUnwrapped ArmRun.Stage stage) {}

  /**
   * What an arm took: every stage of every seed, failed tries too.
   *
   * @param total of all seeds
   * @param perSeed the same for one seed
   * @param failedSeconds of the total's, those that came to nothing
   * @param stages one by one
   */
  public record Cost(Amount total, Amount perSeed, double failedSeconds, List<SeedStage> stages) {}

  /**
   * An arm.
   *
   * @param name in tables and charts
   * @param recipe its file; empty for a base
   * @param yaml its keys
   * @param model the base model that it starts from
   * @param isBase whether it is a base model, measured without training
   * @param seeds that were trained and measured
   * @param failures what stopped the others
   * @param measured whether there is anything to compare; where not, what follows is missing
   * @param values by the measure's id
   * @param passAt pass@k by k
   * @param consAt accuracy of the majority vote by k
   * @param budgets accuracy by tokens allowed
   * @param selfChecks in words
   * @param cost what it took; {@code null} where that is not of interest
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Arm(
      String name,
      String recipe,
      String yaml,
      String model,
      @JsonProperty("base") boolean isBase,
      List<Long> seeds,
      List<String> failures,
      boolean measured,
      @JsonAnyGetter @JsonAnySetter Map<String, Value> values,
      @Nullable List<Point> passAt,
      @Nullable List<Point> consAt,
      @Nullable List<Point> budgets,
      @Nullable SelfChecks selfChecks,
      @Nullable Cost cost) {

    /** One that failed has no values. */
    public Arm {
      values = Objects.requireNonNullElse(values, Map.of());
    }

    /** What it is measured at; {@code null} where it failed. */
    public @Nullable Value value(MeasureLabel measure) {
      return values.get(measure.id());
    }
  }

  /**
   * The first arm minus the second, as in {@link org.r1zero.experiment.evaluate.PairedDifference}.
   *
   * @param measure its id
   * @param finding whether reports say it: of accuracy and readability, between trained arms and of
   *     each with its own base
   * @param text in words
   */
  public record Difference(
      double mean,
      Ends ciProblems,
      Ends ciProblemsAndSeeds,
      Ends ciScore,
      double p,
      String measure,
      String first,
      String second,
      boolean finding,
      Verdict verdict,
      String text) {}

  /** The differences that reports say. */
  public List<Difference> findings() {
    return differences.stream().filter(Difference::finding).toList();
  }
}
