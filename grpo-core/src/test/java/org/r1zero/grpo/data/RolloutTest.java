package org.r1zero.grpo.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RolloutTest {

  @Test
  void needsTokens() {
    assertThatThrownBy(() -> new Rollout(new int[0], new float[0], 1, false, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a rollout needs tokens and a log-prob for each; had 0 and 0");
  }

  @Test
  void needsALogProbForEachToken() {
    assertThatThrownBy(() -> new Rollout(new int[3], new float[2], 1, false, 0))
        .hasMessage("a rollout needs tokens and a log-prob for each; had 3 and 2");
    assertThatThrownBy(() -> new Rollout(new int[3], new float[4], 1, false, 0))
        .hasMessage("a rollout needs tokens and a log-prob for each; had 3 and 4");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void refusesARewardThatWouldSpoilItsGroup(double reward) {
    assertThatThrownBy(() -> new Rollout(new int[1], new float[1], reward, false, 0))
        .hasMessage("reward must be finite, was " + reward);
  }

  @Test
  void aVerifierMayHaveNoScoreButNoInfiniteOne() {
    assertThat(scored(1, Double.NaN).scores()).containsExactly(1, Double.NaN);
    assertThatThrownBy(() -> scored(1, Double.POSITIVE_INFINITY))
        .hasMessage("scores must be finite, or NaN for none, were [1.0, Infinity]");
  }

  private static Rollout scored(double... scores) {
    return new Rollout(new int[1], new float[1], 0, scores, false, 0);
  }

  @Test
  void groupNeedsAPromptAndARollout() {
    Rollout rollout = Samples.rollout(2, 1);
    assertThatThrownBy(() -> new RolloutGroup("p7", new int[0], List.of(rollout)))
        .hasMessage("group p7 needs a prompt and at least one rollout");
    assertThatThrownBy(() -> new RolloutGroup("p7", new int[1], List.of()))
        .hasMessage("group p7 needs a prompt and at least one rollout");
  }

  @Test
  void groupKnowsItsRewards() {
    RolloutGroup group =
        new RolloutGroup("p", new int[1], List.of(Samples.rollout(2, 0.5), Samples.rollout(1, -1)));
    assertThat(group.rewards()).containsExactly(0.5, -1);
  }
}
