package org.r1zero.grpo.advantage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
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
import org.r1zero.grpo.RewardScaling;

class AdvantageEstimatorTest {

  static List<AdvantageEstimator> all() {
    return List.of(new GroupNormalized(), new MeanCentered(), new LeaveOneOut());
  }

  @Test
  void groupNormalizedDividesByTheUnbiasedDeviation() {
    // mean 0.5, variance 4 * 0.25 / 3: deviation 0.577350269, to which 1e-4 is added
    double high = 0.5 / (0.5773502691896258 + 1e-4);
    assertThat(new GroupNormalized().estimate(new double[] {1, 0, 0, 1}))
        .containsExactly(new double[] {high, -high, -high, high}, within(1e-12));
  }

  @Test
  void meanCenteredKeepsTheScale() {
    assertThat(new MeanCentered().estimate(new double[] {4, 0, 0, 0}))
        .containsExactly(3, -1, -1, -1);
  }

  @Test
  void leaveOneOutComparesWithTheOthersOnly() {
    // 4 - (0+0+2)/3, 0 - 6/3, 0 - 6/3, 2 - 4/3
    assertThat(new LeaveOneOut().estimate(new double[] {4, 0, 0, 2}))
        .containsExactly(new double[] {10 / 3.0, -2, -2, 2 / 3.0}, within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("all")
  void equalRewardsGiveExactlyZero(AdvantageEstimator estimator) {
    Random random = new Random(1);
    for (int size = 1; size <= 64; size++) {
      double[] rewards = new double[size];
      Arrays.fill(rewards, size % 2 == 0 ? 0.1 : random.nextGaussian());
      assertThat(estimator.estimate(rewards)).as("%d times %s", size, rewards[0]).containsOnly(0);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void advantagesAddUpToZeroAndKeepTheOrderOfRewards(AdvantageEstimator estimator) {
    double[] rewards = {0.3, -1, 2, 0.3, 7};
    double[] advantages = estimator.estimate(rewards);
    assertThat(Arrays.stream(advantages).sum()).isCloseTo(0, within(1e-12));
    assertThat(advantages[1]).isLessThan(advantages[0]);
    assertThat(advantages[0]).isEqualTo(advantages[3]);
    assertThat(advantages[2]).isBetween(advantages[0], advantages[4]);
  }

  @ParameterizedTest
  @MethodSource("all")
  void aConstantAddedToAllRewardsChangesNothing(AdvantageEstimator estimator) {
    double[] plain = estimator.estimate(new double[] {1, 0, 0.5, 2});
    double[] shifted = estimator.estimate(new double[] {101, 100, 100.5, 102});
    assertThat(shifted).containsExactly(plain, within(1e-10));
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
        RewardScaling.valueOf(c.get("scale_rewards").asText().toUpperCase(Locale.ROOT)).estimator();
    double[] rewards = doubles(c.get("rewards"));
    double[] expected = doubles(c.get("advantages"));
    int group = c.get("group").asInt();
    for (int from = 0; from < rewards.length; from += group) {
      assertThat(estimator.estimate(Arrays.copyOfRange(rewards, from, from + group)))
          .containsExactly(Arrays.copyOfRange(expected, from, from + group), within(1e-6));
    }
  }

  private static double[] doubles(JsonNode node) {
    return StreamSupport.stream(node.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }
}
