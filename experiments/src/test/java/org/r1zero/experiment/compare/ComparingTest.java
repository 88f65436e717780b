package org.r1zero.experiment.compare;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.experiment.evaluate.EvaluatedSample;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.metrics.JsonFiles;
import org.r1zero.experiment.pipeline.StageCost;
import org.r1zero.experiment.pipeline.StageStatus;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.rollout.trace.RolloutTrace.VerdictTrace;

/** A comparison's numbers by hand: which column is what, and in which unit. */
class ComparingTest {
  private static final CompareConfig.Price PRICE = new CompareConfig.Price(2, "EUR", 500);
  @TempDir private Path folder;

  @Test
  void measuresAreWhatTheirNamesSay() {
    Compared compared = compare(base(), arm("arm", true, false));
    Compared.Arm arm = compared.arms().get(1);
    // of 4 sampled answers 3 are right, 2 in the format, 1 cut off, 1 in two languages
    assertThat(mean(arm, "pass1")).isEqualTo(0.75);
    assertThat(mean(arm, "pass1_greedy")).isEqualTo(0.5);
    assertThat(mean(arm, "format")).isEqualTo(0.5);
    assertThat(mean(arm, "truncated")).isEqualTo(0.25);
    assertThat(mean(arm, "language_mixing")).isEqualTo(0.25);
    assertThat(mean(arm, "repetition")).isZero();
    assertThat(mean(arm, "readable")).isEqualTo(0.5);
    assertThat(mean(arm, "length")).isEqualTo((10 + 20 + 30 + 40) / 4.0);
    assertThat(compared.measures()).extracting(Compared.MeasureLabel::id).startsWith("pass1");
    assertThat(compared.problems()).isEqualTo(2);
    assertThat(compared.samples()).isEqualTo(2);
  }

  @Test
  void aDifferenceIsTheFirstMinusTheSecondAndABaseComesSecond() {
    Compared.Difference accuracy = compare(base(), arm("arm", true, false)).differences().get(0);
    assertThat(accuracy.measure()).isEqualTo("pass1");
    assertThat(accuracy.first()).isEqualTo("arm");
    assertThat(accuracy.second()).isEqualTo("base");
    assertThat(accuracy.mean()).isEqualTo(0.75 - 0.25);
    assertThat(accuracy.finding()).isTrue();
  }

  @Test
  void costsAreSummedOverSeedsAndFailedTriesCount() {
    ArmRun.Stage done =
        new ArmRun.Stage("rl", "rl", StageStatus.DONE, new StageCost(3600, 100, 10, 1e9), 2, 60);
    ArmRun.Stage failed =
        new ArmRun.Stage("rl", "rl", StageStatus.FAILED, new StageCost(1800, 50, 5, 5e8), 1, 0);
    ArmResult arm = arm("arm", true, false);
    ArmResult.SeedResult seed = arm.seeds().get(0);
    ArmResult costly =
        new ArmResult(
            "arm",
            "arm.yaml",
            "",
            "embedded",
            List.of(new ArmResult.SeedResult(7, run(done), seed.evaluation())),
            List.of(run(failed)));
    Compared.Cost cost = requireNonNull(compare(costly).arms().get(0).cost());
    assertThat(cost.total().cost()).isEqualTo(new StageCost(5400, 150, 15, 1.5e9));
    assertThat(cost.perSeed().cost()).isEqualTo(new StageCost(2700, 75, 8, 7.5e8));
    assertThat(cost.failedSeconds()).isEqualTo(60 + 1800);
    assertThat(cost.total().kwh()).isCloseTo(1.5 * 0.5, within(1e-12)); // 1.5 h at 500 W
    assertThat(cost.total().price()).isCloseTo(1.5 * 2, within(1e-12));
    assertThat(cost.stages())
        .containsExactly(
            new Compared.SeedStage("7", done), new Compared.SeedStage("failed", failed));
  }

  @Test
  void theFileHasTheNumbersUnderTheirNamesAndIsReadBack() throws IOException {
    Compared compared = compare(base(), arm("arm", true, false));
    Path file = folder.resolve(Compared.FILE);
    JsonFiles.write(file, compared);
    assertThat(JsonFiles.read(file, Compared.class)).isEqualTo(compared);
    JsonNode tree = JsonFiles.read(file, JsonNode.class);
    assertThat(tree.at("/arms/1/pass1/mean").asDouble()).isEqualTo(0.75);
    assertThat(tree.at("/arms/1/pass1/ci_problems_and_seeds")).hasSize(2);
    assertThat(tree.at("/arms/0/base").asBoolean()).isTrue();
    assertThat(tree.at("/arms/1/pass_at/0/x").asInt()).isEqualTo(1);
    assertThat(tree.at("/arms/1/cost/total/sampled_tokens").isNumber()).isTrue();
    assertThat(tree.at("/arms/1/cost/stages")).isEmpty();
    assertThat(tree.at("/differences/0/verdict").asText()).isIn("one_seed", "not_significant");
    assertThat(tree.at("/measures/0/higher_is_better").asBoolean()).isTrue();
    assertThat(tree.at("/price/per_hour").asDouble()).isEqualTo(2);
    assertThat(tree.at("/report").asText()).isEqualTo("report.html");
  }

  private static double mean(Compared.Arm arm, String measure) {
    return requireNonNull(arm.values().get(measure), measure).mean();
  }

  private static Compared compare(ArmResult... arms) {
    return new Comparing(PRICE, 3, List.of(arms)).compare("test", List.of(1L), "report.html");
  }

  private static ArmResult base() {
    return new ArmResult(
        "base", "", "", "embedded", List.of(seed(evaluation(false, true))), List.of());
  }

  private static ArmResult arm(String name, boolean first, boolean second) {
    return new ArmResult(
        name,
        name + ".yaml",
        "name: " + name,
        "embedded",
        List.of(seed(evaluation(first, second))),
        List.of());
  }

  private static ArmResult.SeedResult seed(Evaluation evaluation) {
    return new ArmResult.SeedResult(1, run(), evaluation);
  }

  private static ArmRun run(ArmRun.Stage... stages) {
    return new ArmRun("key", "done", "", List.of(stages), "model", List.of());
  }

  /**
   * Two problems, of each a greedy answer and two samples.
   *
   * @param first whether the first problem's answers are right
   * @param second whether the second's first is
   */
  private static Evaluation evaluation(boolean first, boolean second) {
    List<EvaluatedSample> all = new ArrayList<>();
    all.add(sample("p1", -1, first, 5, true));
    all.add(sample("p2", -1, second, 5, true));
    all.add(sample("p1", 0, first, 10, true));
    all.add(sample("p1", 1, first, 20, true));
    all.add(sample("p2", 0, second, 30, false));
    all.add(sample("p2", 1, first, 40, false));
    return Evaluation.of(all, 40);
  }

  /** One of 40 tokens is cut off, one of 30 mixes languages. */
  private static EvaluatedSample sample(
      String problem, int sample, boolean right, int tokens, boolean format) {
    Map<String, VerdictTrace> verdicts =
        Map.of(
            "readability/language", verdict(tokens != 30),
            "readability/repetition", verdict(true),
            "readability/format", verdict(format));
    return new EvaluatedSample(
        new RolloutTrace(
            0,
            problem,
            sample,
            "?",
            "said",
            "2",
            tokens,
            tokens == 40 ? "length" : "stop",
            0,
            verdicts,
            1),
        right,
        "",
        right ? "2" : "3",
        right ? 0 : 1);
  }

  private static VerdictTrace verdict(boolean good) {
    return new VerdictTrace(good ? 1 : 0, good ? "correct" : "incorrect", "");
  }
}
