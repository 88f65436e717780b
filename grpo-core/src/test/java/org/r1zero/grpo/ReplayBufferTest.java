package org.r1zero.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.torch.DeviceClock;

class ReplayBufferTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final StepMetrics metrics = new StepMetrics(0, DeviceClock.of(Device.cpu()));

  @Test
  void groupsThatTeachNothingAreReplacedByThoseOfEarlierSteps() {
    ReplayBuffer buffer = new ReplayBuffer(4, 1);
    List<RolloutGroup> first = List.of(group("a", 1, 0), group("dead", 1, 1), group("b", 2, 0));
    assertThat(buffer.fill(first, 0, metrics)).as("nothing to replay yet").isEqualTo(first);
    assertThat(metrics.get("replay/buffer")).isEqualTo(2);
    List<RolloutGroup> second = List.of(group("x", 0, 0), group("c", 1, 0), group("y", 1, 1));
    List<RolloutGroup> filled = buffer.fill(second, 3, metrics);
    assertThat(filled.get(1)).isEqualTo(second.get(1));
    assertThat(List.of(filled.get(0), filled.get(2)))
        .as("each once, and none of the same step")
        .containsExactlyInAnyOrder(first.get(0), first.get(2));
    assertThat(metrics.get("replay/groups")).isEqualTo(2);
    assertThat(metrics.get("replay/mean_age")).isEqualTo(3);
    assertThat(metrics.get("replay/buffer")).isEqualTo(3);
  }

  @Test
  void theBestAreKeptAndDrawnMoreOften() {
    ReplayBuffer buffer = new ReplayBuffer(2, 1);
    buffer.fill(
        List.of(group("little", 0.1, 0), group("much", 4, 0), group("some", 1, 0)), 0, metrics);
    int much = 0;
    Set<String> drawn = new HashSet<>();
    for (int step = 1; step < 400; step++) {
      String id = buffer.fill(List.of(group("x", 0, 0)), step, metrics).get(0).problemId();
      drawn.add(id);
      much += id.equals("much") ? 1 : 0;
    }
    assertThat(drawn).containsExactlyInAnyOrder("much", "some");
    // by their scores: four to one, but for the 1e-4 that is added to deviations
    assertThat(much / 399.0).isBetween(0.74, 0.86);
  }

  @Test
  void aSmallBufferIsDrawnFromTwiceRatherThanLeavingADeadGroup() {
    ReplayBuffer buffer = new ReplayBuffer(8, 1);
    buffer.fill(List.of(group("a", 1, 0)), 0, metrics);
    assertThat(buffer.fill(List.of(group("x", 0, 0), group("y", 0, 0)), 1, metrics))
        .extracting(RolloutGroup::problemId)
        .containsExactly("a", "a");
  }

  @Test
  void aRestoredBufferReplaysTheSame() throws Exception {
    ReplayBuffer straight = new ReplayBuffer(5, 7);
    float nan = Float.NaN;
    for (int step = 0; step < 6; step++) {
      Rollout spoken =
          new Rollout(
              new int[] {1, 2, 3},
              new float[] {-0.1f * step, nan, -1.0f / 3},
              step,
              new double[] {step, Double.NaN},
              false,
              step);
      RolloutGroup own =
          new RolloutGroup("p" + step, new int[] {9}, List.of(spoken, rollout(-1), rollout(0)));
      straight.fill(List.of(own, group("dead", 1, 1)), step, metrics);
    }
    ReplayBuffer resumed = new ReplayBuffer(5, 7);
    resumed.restore((ObjectNode) JSON.readTree(JSON.writeValueAsString(straight.state())));
    assertThat(resumed.state()).isEqualTo(straight.state());
    for (int step = 6; step < 12; step++) {
      List<RolloutGroup> dead = new ArrayList<>(List.of(group("d", 0, 0), group("e", 0, 0)));
      List<RolloutGroup> one = straight.fill(dead, step, metrics);
      List<RolloutGroup> other = resumed.fill(dead, step, metrics);
      for (int g = 0; g < 2; g++) {
        assertThat(other.get(g).problemId()).isEqualTo(one.get(g).problemId());
        assertThat(other.get(g).rollouts().get(0).policyLogProbs())
            .containsExactly(one.get(g).rollouts().get(0).policyLogProbs());
        assertThat(other.get(g).rollouts().get(0).scores())
            .containsExactly(one.get(g).rollouts().get(0).scores());
      }
    }
    assertThatThrownBy(() -> resumed.restore(JSON.createObjectNode().put("groups", "none")))
        .hasMessageContaining("not a saved state of replayed groups");
  }

  @Test
  void aSmallerBufferRestoresTheBestOnly() {
    ReplayBuffer large = new ReplayBuffer(4, 1);
    List<RolloutGroup> groups =
        List.of(group("a", 1, 0), group("d", 4, 0), group("b", 2, 0), group("c", 3, 0));
    large.fill(groups, 0, metrics);
    ReplayBuffer small = new ReplayBuffer(2, 1);
    small.restore(large.state());
    assertThat(small.state().at("/groups").findValuesAsText("problemId")).containsExactly("c", "d");
    small.fill(List.of(group("e", 5, 0)), 1, metrics);
    assertThat(small.state().at("/groups").findValuesAsText("problemId")).containsExactly("d", "e");
    ReplayBuffer none = new ReplayBuffer(0, 1);
    none.restore(large.state());
    assertThat(none.state().at("/groups")).isEmpty();
  }

  @Test
  void aRolloutWithoutAnyScoreIsNoReward() {
    ReplayBuffer buffer = new ReplayBuffer(4, 1);
    double[] unknown = {Double.NaN, Double.NaN};
    Rollout unscored = new Rollout(new int[] {2}, new float[] {-1}, 0, unknown, false, 0);
    RolloutGroup equal =
        new RolloutGroup("equal", new int[] {1}, List.of(unscored, rollout(1), rollout(1)));
    RolloutGroup alone = new RolloutGroup("alone", new int[] {1}, List.of(unscored, rollout(1)));
    RolloutGroup nothing = new RolloutGroup("nothing", new int[] {1}, List.of(unscored));
    buffer.fill(List.of(equal, alone, nothing), 0, metrics);
    assertThat(metrics.get("replay/buffer")).isZero();
    RolloutGroup mixed =
        new RolloutGroup("mixed", new int[] {1}, List.of(rollout(2), unscored, rollout(1)));
    buffer.fill(List.of(mixed), 1, metrics);
    List<RolloutGroup> replayed = buffer.fill(List.of(equal, alone, nothing), 2, metrics);
    assertThat(replayed).containsExactly(mixed, mixed, mixed);
    ReplayBuffer scored = new ReplayBuffer(4, 1);
    scored.fill(List.of(group("scored", 2, 1)), 1, metrics);
    assertThat(buffer.state().at("/groups/0/score"))
        .isEqualTo(scored.state().at("/groups/0/score"));
  }

  @Test
  void withoutABufferNothingIsReplaced() {
    List<RolloutGroup> groups = List.of(group("a", 1, 0), group("x", 0, 0));
    ReplayBuffer none = new ReplayBuffer(0, 1);
    assertThat(none.fill(groups, 0, metrics)).isSameAs(groups);
    assertThat(none.fill(groups, 1, metrics)).isSameAs(groups);
    assertThat(metrics.get("replay/groups")).isNaN();
  }

  private static RolloutGroup group(String id, double... rewards) {
    List<Rollout> rollouts = new ArrayList<>();
    for (double reward : rewards) {
      rollouts.add(rollout(reward));
    }
    return new RolloutGroup(id, new int[] {1}, rollouts);
  }

  private static Rollout rollout(double reward) {
    return new Rollout(new int[] {2}, new float[] {-1}, reward, false, 0);
  }
}
