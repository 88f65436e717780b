package org.r1zero.grpo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.stat.StatUtils;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;

/**
 * Groups of the past that taught most, trained again in place of groups that teach nothing, as
 * TRL's {@code GRPOWithReplayBufferTrainer} does it: a group's score is {@code sum(|A|) * std(r)},
 * {@code A = (r - mean(r)) / (std(r) + 1e-4)}; the buffer keeps those of the highest scores, and
 * draws by them, each at most once a step while there are enough. Unlike there what a step adds is
 * not drawn in the same step, and advantages are computed anew from the same rewards.
 */
final class ReplayBuffer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double SAME_REWARD = 1e-8;
  private static final double EPSILON = 1e-4;

  private final int size;
  private final long seed;
  private List<Kept> kept = new ArrayList<>();

  /**
   * A group that may be replayed.
   *
   * @param score how much it taught
   * @param step that trained it first
   */
  record Kept(double score, long step, RolloutGroup group) {}

  /** What a checkpoint has of it, the lowest score first. */
  record State(List<Kept> groups) {}

  ReplayBuffer(int size, long seed) {
    this.size = size;
    this.seed = seed;
  }

  /**
   * Replaces the groups that teach nothing, as far as there are others, and keeps the rest of them.
   *
   * @return as many groups, in the same order
   */
  List<RolloutGroup> fill(List<RolloutGroup> groups, long step, StepMetrics metrics) {
    if (size == 0) {
      return groups;
    }
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + step);
    List<Kept> left = new ArrayList<>(kept);
    List<RolloutGroup> filled = new ArrayList<>();
    List<Kept> fresh = new ArrayList<>();
    double age = 0;
    int replayed = 0;
    for (RolloutGroup group : groups) {
      double[] rewards = rewards(group);
      double deviation = Math.sqrt(StatUtils.variance(rewards));
      if (deviation > SAME_REWARD) {
        filled.add(group);
        fresh.add(new Kept(score(rewards, deviation), step, group));
      } else if (kept.isEmpty()) {
        filled.add(group);
      } else {
        if (left.isEmpty()) {
          left.addAll(kept);
        }
        Kept drawn = left.remove(draw(left, random));
        filled.add(drawn.group);
        age += step - drawn.step;
        replayed++;
      }
    }
    fresh.forEach(this::keep);
    metrics.put("replay/groups", replayed);
    metrics.put("replay/mean_age", replayed == 0 ? 0 : age / replayed);
    metrics.put("replay/buffer", kept.size());
    return filled;
  }

  /** Those that there are, as advantages are computed of them. */
  private static double[] rewards(RolloutGroup group) {
    return group.rollouts().stream()
        .filter(Rollout::hasReward)
        .mapToDouble(Rollout::reward)
        .toArray();
  }

  private static double score(double[] rewards, double deviation) {
    double mean = StatUtils.mean(rewards);
    double sum = 0;
    for (double reward : rewards) {
      sum += Math.abs(reward - mean) / (deviation + EPSILON);
    }
    return sum * deviation;
  }

  /** The place of one, by the scores. */
  private static int draw(List<Kept> from, SplittableRandom random) {
    double at = random.nextDouble() * from.stream().mapToDouble(Kept::score).sum();
    for (int i = 0; i < from.size(); i++) {
      at -= from.get(i).score;
      if (at < 0) {
        return i;
      }
    }
    return from.size() - 1;
  }

  /** A full buffer takes only what is better than its worst, and drops that. */
  private void keep(Kept one) {
    if (kept.size() == size) {
      if (one.score <= kept.get(0).score) {
        return;
      }
      kept.remove(0);
    }
    kept.add(one);
    kept.sort(Comparator.comparingDouble(Kept::score)); // stable: of equal ones the oldest first
  }

  /** All of it, as plain data; floats are exact. */
  ObjectNode state() {
    return JSON.valueToTree(new State(kept));
  }

  /** Goes on from there, with as many as have room; an empty tree is an empty buffer. */
  void restore(ObjectNode tree) {
    try {
      kept =
          tree.isEmpty()
              ? new ArrayList<>()
              : new ArrayList<>(JSON.treeToValue(tree, State.class).groups());
      kept.subList(0, Math.max(0, kept.size() - size)).clear(); // the lowest scores
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "this is not a saved state of replayed groups: " + e.getOriginalMessage(), e);
    }
  }
}
