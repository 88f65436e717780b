package org.r1zero.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.r1zero.grpo.advantage.AdvantageEstimator;
import org.r1zero.grpo.advantage.GroupRelative;
import org.r1zero.grpo.advantage.LeaveOneOut;
import org.r1zero.grpo.advantage.ReinforcePlusPlus;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.faults.FaultsException;

class TurnCreditTest {
  private static final AdvantageEstimator CENTERED = new GroupRelative(GroupRelative.Scale.NONE);

  /** A rollout whose turns are two tokens each, with an observation of one token between them. */
  private static Rollout rollout(double... paid) {
    List<Rollout.Turn> turns = new ArrayList<>();
    for (int k = 0; k < paid.length; k++) {
      turns.add(new Rollout.Turn(3 * k, 3 * k + 2, paid[k]));
    }
    int length = 3 * paid.length - 1;
    float[] logProbs = new float[length];
    for (int t = 2; t < length; t += 3) {
      logProbs[t] = Float.NaN;
    }
    double reward = Arrays.stream(paid).sum();
    double[] scores = {reward};
    return new Rollout(new int[length], logProbs, reward, scores, false, 0, turns);
  }

  private static List<Sample> samples(RolloutGroup group) {
    return group.rollouts().stream()
        .map(r -> Sample.of(group.prompt(), r, 0).withMask(r.sampled()))
        .toList();
  }

  private static List<double[]> advantages(
      AdvantageEstimator estimator, double gamma, RolloutGroup... groups) {
    return new TurnCredit(estimator, gamma, 0)
            .withAdvantages(
                List.of(groups), Arrays.stream(groups).map(TurnCreditTest::samples).toList())
            .stream()
            .flatMap(List::stream)
            .map(Sample::advantages)
            .toList();
  }

  private static RolloutGroup group(Rollout... rollouts) {
    return new RolloutGroup("p", new int[] {1}, List.of(rollouts));
  }

  @Test
  void aTurnsAdvantageIsItsDiscountedReturnLessTheMeanOfTheSameTurn() {
    List<double[]> a = advantages(CENTERED, 0.5, group(rollout(1, 0, 4), rollout(0, 2)));
    // returns of the first: 4, 0 + 2, 1 + 1; of the second: 2, 0 + 1. Means by turn: 1.5, 2, 4
    assertThat(a.get(0)).containsExactly(new double[] {.5, .5, 0, 0, 0, 0, 0, 0}, within(1e-12));
    assertThat(a.get(1)).containsExactly(new double[] {-.5, -.5, 0, 0, 0}, within(1e-12));
  }

  @Test
  void dividesByTheDeviationOfTheSameTurn() {
    List<double[]> a =
        advantages(
            new GroupRelative(GroupRelative.Scale.GROUP), 1, group(rollout(3, 1), rollout(0, 0)));
    // turn 1: 4 and 0, mean 2, deviation sqrt(8); turn 2: 1 and 0, mean 0.5, deviation sqrt(0.5)
    double first = 2 / (Math.sqrt(8) + 1e-4);
    double second = .5 / (Math.sqrt(.5) + 1e-4);
    assertThat(a.get(0))
        .containsExactly(new double[] {first, first, 0, second, second}, within(1e-12));
    assertThat(a.get(1))
        .containsExactly(new double[] {-first, -first, 0, -second, -second}, within(1e-12));
  }

  @Test
  void withoutADiscountForLaterTurnsOnlyTheOwnRewardCounts() {
    List<double[]> a = advantages(CENTERED, 0, group(rollout(1, 5), rollout(0, 7)));
    assertThat(a.get(0)).containsExactly(.5, .5, 0, -1, -1);
  }

  @Test
  void leaveOneOutComparesWithTheOthersThatHaveTheTurn() {
    List<double[]> a =
        advantages(
            new LeaveOneOut(false), 1, group(rollout(6), rollout(0, 3), rollout(1, 2), rollout(0)));
    // turn 1: 6, 3, 3, 0, less the mean of the other three; turn 2: 3 and 2
    assertThat(a.get(0)).containsExactly(new double[] {4, 4}, within(1e-12));
    assertThat(a.get(1)).containsExactly(new double[] {0, 0, 0, 1, 1}, within(1e-12));
    assertThat(a.get(2)).containsExactly(new double[] {0, 0, 0, -1, -1}, within(1e-12));
  }

  @Test
  void theBatchIsWeighedByTheTokensOfTurns() {
    List<double[]> a =
        advantages(new ReinforcePlusPlus(false), 1, group(rollout(2), rollout(0, 1)));
    // returns 2, 1, 1 of two tokens each: mean 4/3, variance 2/9
    double deviation = Math.sqrt(2 / 9.);
    double high = (2 / 3.) / deviation;
    double low = (-1 / 3.) / deviation;
    assertThat(a.get(0)).containsExactly(new double[] {high, high}, within(1e-12));
    assertThat(a.get(1)).containsExactly(new double[] {low, low, 0, low, low}, within(1e-12));
  }

  @Test
  void aRolloutWithoutRewardIsInNoComparison() {
    Rollout none =
        new Rollout(
            new int[2],
            new float[2],
            0,
            new double[] {Double.NaN},
            false,
            0,
            List.of(new Rollout.Turn(0, 2, 0)));
    List<double[]> a = advantages(CENTERED, 1, group(rollout(1), none, rollout(0)));
    assertThat(a.get(0)).containsExactly(.5, .5);
    assertThat(a.get(1)).containsExactly(0, 0);
  }

  @Test
  void rolloutsOfOneTurnHaveTheAdvantagesOfTrajectories() {
    double[] rewards = {1, 0, 0.3, 1};
    List<Rollout> rollouts = new ArrayList<>();
    for (double reward : rewards) {
      rollouts.add(new Rollout(new int[3], new float[3], reward, false, 0));
    }
    RolloutGroup group = new RolloutGroup("p", new int[] {1}, rollouts);
    AdvantageEstimator grpo = new GroupRelative(GroupRelative.Scale.GROUP);
    List<double[]> a = advantages(grpo, 1, group);
    double[] whole =
        grpo.estimate(List.of(SamplePreparation.rewards(rollouts, samples(group), 0))).get(0);
    for (int i = 0; i < whole.length; i++) {
      assertThat(a.get(i)).containsExactly(whole[i], whole[i], whole[i]);
    }
  }

  @Test
  void theDivergenceOfATurnIsTakenOffItsOwnReward() {
    RolloutGroup group = group(rollout(1, 1), rollout(1, 1));
    List<Sample> samples = new ArrayList<>(samples(group));
    float[] reference = new float[5];
    reference[3] = -2; // old - reference = 2 in the second turn of the first rollout
    samples.set(0, samples.get(0).withLogProbs(new float[5], reference));
    List<Sample> a =
        new TurnCredit(CENTERED, 1, 0.5).withAdvantages(List.of(group), List.of(samples)).get(0);
    assertThat(a.get(0).advantages()).containsExactly(-.5, -.5, 0, -.5, -.5);
    assertThat(a.get(1).advantages()).containsExactly(.5, .5, 0, .5, .5);
  }

  @Test
  void optionsThatDoNotFitAreFaults() {
    assertThat(byTurns(0.9).gamma()).isEqualTo(0.9);
    assertThatThrownBy(() -> byTurns(1.5))
        .isInstanceOf(FaultsException.class)
        .hasMessageContaining("gamma must be in [0, 1], was 1.5");
    assertThatThrownBy(
            () ->
                new AdvantageConfig(
                    AdvantageConfig.Estimator.GRPO,
                    AdvantageConfig.MultiObjectiveAggregation.SUM_THEN_NORMALIZE,
                    false,
                    false,
                    AdvantageConfig.Credit.TRAJECTORY,
                    0.9))
        .hasMessageContaining("gamma must be 1 unless credit is turn, was 0.9");
    assertThatThrownBy(
            () ->
                new AdvantageConfig(
                    AdvantageConfig.Estimator.GRPO,
                    AdvantageConfig.MultiObjectiveAggregation.NORMALIZE_THEN_SUM,
                    false,
                    false,
                    AdvantageConfig.Credit.TURN,
                    1))
        .hasMessageContaining("must be sum_then_normalize where credit is turn");
  }

  @Test
  void turnsAreStretchesOfTheTokens() {
    assertThatThrownBy(
            () ->
                new Rollout(
                    new int[3],
                    new float[3],
                    1,
                    new double[0],
                    false,
                    0,
                    List.of(new Rollout.Turn(0, 2, 1), new Rollout.Turn(1, 3, 0))))
        .hasMessageContaining("turns must be stretches of the 3 tokens");
  }

  private static AdvantageConfig byTurns(double gamma) {
    return new AdvantageConfig(
        AdvantageConfig.Estimator.GRPO,
        AdvantageConfig.MultiObjectiveAggregation.SUM_THEN_NORMALIZE,
        false,
        false,
        AdvantageConfig.Credit.TURN,
        gamma);
  }
}
