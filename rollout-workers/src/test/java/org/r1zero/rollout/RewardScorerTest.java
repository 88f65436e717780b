package org.r1zero.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;
import org.r1zero.verify.reward.Reward;

class RewardScorerTest {

  @Test
  void keepsTheOrderOfGroupsAndCompletions() {
    List<SampledGroup> groups = new ArrayList<>();
    for (int g = 0; g < 40; g++) {
      List<Completion> completions = new ArrayList<>();
      for (int i = 0; i <= g % 9; i++) {
        completions.add(Completion.of(String.valueOf(100 * g + i)));
      }
      groups.add(group("problem " + g, completions));
    }
    RewardScorer scorer =
        new RewardScorer(
            (problem, completion) -> {
              double number = Double.parseDouble(completion.text());
              assertThat(problem.id()).isEqualTo("problem " + (int) number / 100);
              busy((int) (number * 37 % 50));
              return new Reward(number, Map.of());
            });
    List<List<Reward>> rewards = scorer.score(groups);
    assertThat(rewards).hasSize(40);
    for (int g = 0; g < 40; g++) {
      assertThat(rewards.get(g)).hasSize(1 + g % 9);
      for (int i = 0; i <= g % 9; i++) {
        assertThat(rewards.get(g).get(i).total()).isEqualTo(100 * g + i);
      }
    }
  }

  @Test
  void aFaultOfTheDataReachesTheCaller() {
    RewardScorer scorer =
        new RewardScorer(
            (problem, completion) -> {
              throw new IllegalArgumentException(problem.id() + " lacks a gold answer");
            });
    assertThatThrownBy(() -> scorer.score(List.of(group("p/7", List.of(Completion.of("a"))))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("p/7 lacks a gold answer");
  }

  private static SampledGroup group(String id, List<Completion> completions) {
    return new SampledGroup(
        new Problem(id, "question", "gold"), "prompt", new int[] {1}, List.of(), completions);
  }

  /** Takes a while, so that threads overtake one another. */
  private static void busy(int microseconds) {
    long end = System.nanoTime() + microseconds * 1000L;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
