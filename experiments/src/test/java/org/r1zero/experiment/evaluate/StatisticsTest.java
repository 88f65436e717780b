package org.r1zero.experiment.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.r1zero.fixtures.golden.Golden;

/** Against numpy, scipy and brute force. */
class StatisticsTest {
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
      PairedBootstrap.Difference difference =
          PairedBootstrap.compare(matrix(arm.path("first")), matrix(arm.path("second")), 11);
      assertThat(difference.mean()).isCloseTo(arm.path("mean").asDouble(), within(1e-12));
      assertEnds(difference.overProblems(), arm.path("problems"));
      assertEnds(difference.overSeeds(), arm.path("seeds"));
      boolean holdsZero =
          Math.min(arm.at("/problems/0").asDouble(), arm.at("/seeds/0").asDouble()) <= 0
              && Math.max(arm.at("/problems/1").asDouble(), arm.at("/seeds/1").asDouble()) >= 0;
      assertThat(difference.isWithinNoise()).isEqualTo(holdsZero);
    }
  }

  @Test
  void anArmDoesNotDifferFromItself() {
    double[][] values = {{0, 1, 0.5, 1}};
    PairedBootstrap.Difference difference = PairedBootstrap.compare(values, values, 1);
    assertThat(difference.mean()).isZero();
    assertThat(difference.overProblems()).isEqualTo(new Interval(0, 0, 0));
    assertThat(difference.isWithinNoise()).isTrue();
    assertThatThrownBy(() -> PairedBootstrap.compare(values, new double[][] {{1}}, 1))
        .hasMessageContaining("the same problems");
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
