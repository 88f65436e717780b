package org.r1zero.experiment.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.r1zero.fixtures.golden.Golden;

/** Against numpy, scipy and brute force. */
class StatisticsTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final JsonNode GOLDEN = Golden.load("statistics");

  @Test
  void passAtKEqualsScipysBinomials() {
    assertThat(GOLDEN.path("pass_at")).hasSizeGreaterThan(40);
    for (JsonNode one : GOLDEN.path("pass_at")) {
      double value =
          PassAtK.estimate(one.path("n").asInt(), one.path("c").asInt(), one.path("k").asInt());
      assertThat(value).as(one.toString()).isCloseTo(one.path("value").asDouble(), within(1e-12));
    }
  }

  @Test
  void majorityVoteEqualsTheMeanOverAllSubsets() {
    for (JsonNode one : GOLDEN.path("votes")) {
      MajorityVote vote = new MajorityVote(ints(one.path("votes")), booleans(one.path("right")));
      for (Map.Entry<String, JsonNode> at : one.path("at").properties()) {
        int k = Integer.parseInt(at.getKey());
        boolean drawn = one.path("votes").size() == 16 && k == 8; // 12,870 subsets: 2,000 drawn
        assertThat(vote.at(k))
            .as(one + " at " + k)
            .isCloseTo(at.getValue().asDouble(), within(drawn ? 0.03 : 1e-12));
      }
    }
  }

  @Test
  void tiesAreBrokenByLotAndSamplesWithoutAnAnswerDoNotVote() {
    boolean[] right = {true, false, false, false};
    assertThat(new MajorityVote(new int[] {0, 1, -1, -1}, right).at(4)).isEqualTo(0.5);
    assertThat(new MajorityVote(new int[] {0, 1, 2, -1}, right).at(4))
        .isCloseTo(1 / 3.0, within(1e-12));
    assertThat(new MajorityVote(new int[] {0, 1, 1, -1}, right).at(4)).isZero();
    assertThat(new MajorityVote(new int[] {0, -1, -1, -1}, right).at(4)).isEqualTo(1);
    assertThat(new MajorityVote(new int[] {-1, -1}, new boolean[2]).at(2)).isZero();
    assertThat(new MajorityVote(new int[] {0, 1}, new boolean[2]).isTied()).isTrue();
    assertThat(new MajorityVote(new int[] {-1, -1}, new boolean[2]).isTied()).isFalse();
    assertThatThrownBy(() -> new MajorityVote(new int[] {0}, new boolean[1]).at(2))
        .hasMessage("cons@k needs 1 <= k <= 1, was 2");
  }

  @Test
  void pairedBootstrapEqualsScipys() {
    for (JsonNode arm : GOLDEN.path("arms")) {
      PairedDifference difference =
          PairedDifference.of(
              trained(4, matrix(arm.path("first"))), trained(4, matrix(arm.path("second"))), 11);
      assertThat(difference.mean()).isCloseTo(arm.path("mean").asDouble(), within(1e-12));
      assertEnds(difference.overProblems(), arm.path("problems"));
      assertEnds(difference.overSeeds(), arm.path("seeds"));
      assertThat(difference.score().low())
          .isCloseTo(arm.at("/seeds/0").asDouble(), within(0.35 * width(arm.path("seeds"))));
    }
  }

  @Test
  void wilsonsIntervalEqualsScipysWhereEachProblemHasOneAnswer() {
    for (JsonNode one : GOLDEN.path("wilson")) {
      double[] values = new double[one.path("n").asInt()];
      Arrays.fill(values, 0, one.path("right").asInt(), 1);
      Interval interval = Interval.ofShares(values, 1);
      assertThat(interval.low()).isCloseTo(one.path("low").asDouble(), within(1e-9));
      assertThat(interval.high()).isCloseTo(one.path("high").asDouble(), within(1e-9));
    }
  }

  @Test
  void theExactTestEqualsScipysMcNemarAndPermutations() {
    assertThat(GOLDEN.path("exact")).hasSize(8);
    for (JsonNode one : GOLDEN.path("exact")) {
      double[] differences = matrix(JSON.arrayNode().add(one.path("differences")))[0];
      assertThat(SignFlipTest.p(differences, one.path("parts").asInt()))
          .as(one.toString())
          .isCloseTo(one.path("p").asDouble(), within(1e-12));
    }
  }

  @Test
  void anArmDoesNotDifferFromItself() {
    PairedDifference.Measured arm = trained(2, new double[][] {{0, 1, 0.5, 1}});
    PairedDifference difference = PairedDifference.of(arm, arm, 1);
    assertThat(difference.mean()).isZero();
    assertThat(difference.overProblems()).isEqualTo(new Interval(0, 0, 0));
    assertThat(difference.p()).isEqualTo(1);
    assertThat(difference.verdict()).isEqualTo(PairedDifference.Verdict.NOT_SIGNIFICANT);
    assertThatThrownBy(() -> PairedDifference.of(arm, trained(1, new double[][] {{1}}), 1))
        .hasMessageContaining("the same problems");
  }

  @Test
  void fourChangedAnswersOfAHundredAndTwentyAreNotSignificant() {
    double[] before = new double[120];
    double[] after = new double[120];
    Arrays.fill(before, 0, 60, 1);
    Arrays.fill(after, 0, 64, 1);
    PairedDifference difference = PairedDifference.of(greedy(after), greedy(before), 1);
    assertThat(difference.overProblems().low()).as("the bootstrap is sure").isPositive();
    assertThat(difference.p()).isEqualTo(0.125);
    assertThat(difference.verdict()).isEqualTo(PairedDifference.Verdict.NOT_SIGNIFICANT);
  }

  @Test
  void aDifferenceHasAWidthWhereAllProblemsAgree() {
    PairedDifference all = PairedDifference.of(greedy(filled(1)), greedy(filled(0)), 1);
    assertThat(all.overProblems()).isEqualTo(new Interval(1, 1, 1));
    assertThat(all.low()).isBetween(0.85, 0.95);
    PairedDifference none = PairedDifference.of(greedy(filled(0)), greedy(filled(0)), 1);
    assertThat(none.low()).isLessThan(-0.05);
    assertThat(none.high()).isGreaterThan(0.05);
  }

  @Test
  void oneTrainingOfAnArmSaysNothingOfItsWayOfTraining() {
    PairedDifference.Measured base =
        new PairedDifference.Measured(new double[][] {filled(0)}, 1, true, false);
    assertThat(PairedDifference.of(greedy(filled(1)), base, 1).verdict())
        .isEqualTo(PairedDifference.Verdict.ONE_SEED);
    PairedDifference.Measured twice = trained(1, new double[][] {filled(1), filled(1)});
    assertThat(PairedDifference.of(twice, base, 1).verdict())
        .isEqualTo(PairedDifference.Verdict.DIFFERENT);
    assertThat(PairedDifference.of(twice, greedy(filled(0)), 1).verdict())
        .as("of the other arm there is one training")
        .isEqualTo(PairedDifference.Verdict.ONE_SEED);
  }

  private static double[] filled(double value) {
    double[] values = new double[40];
    Arrays.fill(values, value);
    return values;
  }

  private static PairedDifference.Measured greedy(double[] values) {
    return trained(1, new double[][] {values});
  }

  private static PairedDifference.Measured trained(int samples, double[][] values) {
    return new PairedDifference.Measured(values, samples, true, true);
  }

  private static double width(JsonNode ends) {
    return ends.path(1).asDouble() - ends.path(0).asDouble();
  }

  private static void assertEnds(Interval interval, JsonNode ends) {
    assertThat(interval.low()).isCloseTo(ends.path(0).asDouble(), within(0.006));
    assertThat(interval.high()).isCloseTo(ends.path(1).asDouble(), within(0.006));
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    Arrays.setAll(values, i -> array.path(i).asInt());
    return values;
  }

  private static boolean[] booleans(JsonNode array) {
    boolean[] values = new boolean[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.path(i).asBoolean();
    }
    return values;
  }

  private static double[][] matrix(JsonNode rows) {
    double[][] values = new double[rows.size()][];
    for (int r = 0; r < values.length; r++) {
      JsonNode row = rows.path(r);
      values[r] = new double[row.size()];
      Arrays.setAll(values[r], c -> row.path(c).asDouble());
    }
    return values;
  }
}
