package org.r1zero.grpo.advantage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.r1zero.fixtures.golden.Golden;

class AdvantageEstimatorTest {

  static Stream<AdvantageEstimator> all() {
    return Stream.concat(
        Arrays.stream(GroupRelative.Scale.values()).map(GroupRelative::new),
        Stream.of(
            new LeaveOneOut(false),
            new LeaveOneOut(true),
            new DecoupledNormalization(List.of(1.0)),
            new ReinforcePlusPlus(false),
            new ReinforcePlusPlus(true)));
  }

  private static double[] estimate(AdvantageEstimator estimator, double... rewards) {
    return estimator.estimate(List.of(GroupRewards.of(rewards))).get(0);
  }

  @Test
  void groupNormalizedDividesByTheUnbiasedDeviation() {
    // mean 0.5, variance 4 * 0.25 / 3: deviation 0.577350269, to which 1e-4 is added
    double high = 0.5 / (0.5773502691896258 + 1e-4);
    assertThat(estimate(new GroupRelative(GroupRelative.Scale.GROUP), 1, 0, 0, 1))
        .containsExactly(new double[] {high, -high, -high, high}, within(1e-12));
  }

  @Test
  void meanCenteredKeepsTheScale() {
    assertThat(estimate(new GroupRelative(GroupRelative.Scale.NONE), 4, 0, 0, 0))
        .containsExactly(3, -1, -1, -1);
  }

  @Test
  void leaveOneOutComparesWithTheOthersOnly() {
    // 4 - (0+0+2)/3, 0 - 6/3, 0 - 6/3, 2 - 4/3
    assertThat(estimate(new LeaveOneOut(false), 4, 0, 0, 2))
        .containsExactly(new double[] {10 / 3.0, -2, -2, 2 / 3.0}, within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("all")
  void equalRewardsGiveZero(AdvantageEstimator estimator) {
    Random random = new Random(1);
    for (int size = 1; size <= 64; size++) {
      double[] rewards = new double[size];
      Arrays.fill(rewards, size % 2 == 0 ? 0.1 : random.nextGaussian());
      double[] advantages = estimate(estimator, rewards);
      for (double advantage : advantages) {
        assertThat(advantage).as("%d times %s", size, rewards[0]).isCloseTo(0, within(1e-9));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void advantagesAddUpToZeroAndKeepTheOrderOfRewards(AdvantageEstimator estimator) {
    double[] rewards = {0.3, -1, 2, 0.3, 7};
    double[] advantages = estimate(estimator, rewards);
    assertThat(Arrays.stream(advantages).sum()).isCloseTo(0, within(1e-12));
    assertThat(advantages[1]).isLessThan(advantages[0]);
    assertThat(advantages[0]).isEqualTo(advantages[3]);
    assertThat(advantages[2]).isBetween(advantages[0], advantages[4]);
  }

  /** Division by the mean takes a reward of 0 for none at all. */
  static Stream<AdvantageEstimator> withoutOrigin() {
    return all().filter(e -> !e.equals(new GroupRelative(GroupRelative.Scale.MEAN)));
  }

  @ParameterizedTest
  @MethodSource("withoutOrigin")
  void aConstantAddedToAllRewardsChangesNothing(AdvantageEstimator estimator) {
    double[] plain = estimate(estimator, 1, 0, 0.5, 2);
    double[] shifted = estimate(estimator, 101, 100, 100.5, 102);
    assertThat(shifted).containsExactly(plain, within(1e-10));
  }

  /**
   * MaxRL, theorem 2: the mean score of the K solutions, less that of all N as a control variate,
   * so that each solution weighs N / K - 1 in a mean over N, and every other rollout -1.
   */
  @Test
  void meanScaleWeighsSolutionsByHowRareTheyAre() {
    GroupRelative maxRl = new GroupRelative(GroupRelative.Scale.MEAN);
    for (int solved = 1; solved < 8; solved++) {
      double[] rewards = new double[8];
      Arrays.fill(rewards, 0, solved, 1);
      double[] expected = new double[8];
      Arrays.fill(expected, -1);
      Arrays.fill(expected, 0, solved, 8.0 / solved - 1);
      assertThat(estimate(maxRl, rewards)).containsExactly(expected, within(1e-12));
    }
    assertThat(estimate(maxRl, 0, 0, 0)).containsExactly(0, 0, 0);
    assertThat(estimate(maxRl, -1, 0, 0)).as("the mean is below 0").containsExactly(0, 0, 0);
  }

  @Test
  void batchScaleIsTheSameForAllGroups() {
    List<double[]> advantages =
        new GroupRelative(GroupRelative.Scale.BATCH)
            .estimate(List.of(GroupRewards.of(1, 0), GroupRewards.of(0.5, 0.5)));
    // mean 0.5 and squares 0.5 over 3: deviation 0.408248290
    double high = 0.5 / (Math.sqrt(0.5 / 3) + 1e-4);
    assertThat(advantages.get(0)).containsExactly(new double[] {high, -high}, within(1e-12));
    assertThat(advantages.get(1)).containsExactly(0, 0);
  }

  @Test
  void rewardsThatAreNormalisedFirstCountAlikeWhateverTheirScale() {
    double[][] scores = {{1, 0}, {0, 0.01}, {0, 0}, {1, 0.01}};
    GroupRewards group = new GroupRewards(new double[4], scores, new int[] {1, 1, 1, 1});
    double[] advantages =
        new DecoupledNormalization(List.of(1.0, 1.0)).estimate(List.of(group)).get(0);
    assertThat(advantages[0]).isCloseTo(advantages[1], within(0.05));
    assertThat(advantages[2]).isLessThan(-1);
    assertThat(advantages[3]).isGreaterThan(1);
  }

  @Test
  void normalisingEachRewardNeedsAScoreForEach() {
    GroupRewards group = GroupRewards.of(1, 0);
    assertThatThrownBy(() -> new DecoupledNormalization(List.of(1.0, 1.0)).estimate(List.of(group)))
        .hasMessageContaining("a score for each of the 2 rewards");
  }

  /** By hand: 2 tokens of reward 1, 6 of reward 0: mean 1/4, variance 3/16. */
  @Test
  void reinforcePlusPlusWeighsRolloutsByTheirTokens() {
    GroupRewards group =
        new GroupRewards(new double[] {1, 0}, new double[][] {{1}, {0}}, new int[] {2, 6});
    assertThat(new ReinforcePlusPlus(false).estimate(List.of(group)).get(0))
        .containsExactly(
            new double[] {0.75 / Math.sqrt(3 / 16.0), -0.25 / Math.sqrt(3 / 16.0)}, within(1e-12));
    // less the group's mean: 0.5 and -0.5, whose mean over tokens is -1/4
    assertThat(new ReinforcePlusPlus(true).estimate(List.of(group)).get(0))
        .containsExactly(
            new double[] {0.75 / Math.sqrt(3 / 16.0), -0.25 / Math.sqrt(3 / 16.0)}, within(1e-12));
  }

  @Test
  void reinforcePlusPlusNormalisesOverTheTokensOfTheBatch() {
    Random random = new Random(3);
    List<GroupRewards> groups = new ArrayList<>();
    for (int g = 0; g < 5; g++) {
      double[] rewards = random.doubles(4).toArray();
      groups.add(new GroupRewards(rewards, new double[4][1], random.ints(4, 0, 9).toArray()));
    }
    for (boolean baseline : new boolean[] {false, true}) {
      List<double[]> advantages = new ReinforcePlusPlus(baseline).estimate(groups);
      double sum = 0;
      double squares = 0;
      double tokens = 0;
      for (int g = 0; g < 5; g++) {
        for (int i = 0; i < 4; i++) {
          int n = groups.get(g).tokens()[i];
          sum += n * advantages.get(g)[i];
          squares += n * advantages.get(g)[i] * advantages.get(g)[i];
          tokens += n;
        }
      }
      assertThat(sum / tokens).isCloseTo(0, within(1e-12));
      assertThat(squares / tokens).isCloseTo(1, within(1e-12));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void aRolloutWithoutRewardHasNoAdvantageAndNoPartInTheBaseline(AdvantageEstimator estimator) {
    double[] without = estimate(estimator, 1, 0, 0.5);
    double[] with = estimate(estimator, 1, Double.NaN, 0, 0.5);
    assertThat(with)
        .containsExactly(new double[] {without[0], 0, without[1], without[2]}, within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("all")
  void aRolloutAloneHasNoAdvantage(AdvantageEstimator estimator) {
    assertThat(estimate(estimator, 0.7)).containsExactly(new double[1], within(1e-12));
  }

  @TestFactory
  Stream<DynamicTest> equalsTrl() {
    JsonNode cases = Golden.load("advantage/trl");
    return StreamSupport.stream(cases.spliterator(), false)
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.get("scale_rewards").asText() + " " + c.get("rewards"),
                    () -> assertEqualsTrl(c)));
  }

  private static void assertEqualsTrl(JsonNode c) {
    AdvantageEstimator estimator =
        new GroupRelative(
            GroupRelative.Scale.valueOf(c.get("scale_rewards").asText().toUpperCase(Locale.ROOT)));
    double[] rewards = doubles(c.get("rewards"));
    double[] expected = doubles(c.get("advantages"));
    int group = c.get("group").asInt();
    for (int from = 0; from < rewards.length; from += group) {
      assertThat(estimate(estimator, Arrays.copyOfRange(rewards, from, from + group)))
          .containsExactly(Arrays.copyOfRange(expected, from, from + group), within(1e-6));
    }
  }

  private static double[] doubles(JsonNode node) {
    return StreamSupport.stream(node.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }
}
