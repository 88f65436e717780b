package org.r1zero.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.r1zero.rollout.difficulty.PassRates;
import org.r1zero.verify.FinishReason;

/**
 * All that rollouts carry from one step to the next: with it, a resumed run collects the same
 * rollouts as one that was never interrupted. It is plain data.
 *
 * @param nextProblem the place in the data of the next problem that is begun
 * @param groups begun but not handed to training yet, oldest first
 * @param ahead what was sampled ahead for the next step; {@code null} in synchronous mode
 * @param passRates of the problems asked so far; {@code null} in states of versions that kept none
 */
public record CollectorState(
    long nextProblem,
    List<GroupState> groups,
    @Nullable AheadState ahead,
    @Nullable PassRates passRates) {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

  /** Fixes the list. */
  public CollectorState {
    groups = List.copyOf(groups);
  }

  /** Where a run begins. */
  public static CollectorState initial() {
    return new CollectorState(0, List.of(), null, null);
  }

  /**
   * A problem with its rollouts as far as they are sampled.
   *
   * @param problem its place in the data
   * @param choice which of the problems that may stand there it is; {@code null} where the data's
   *     order decides
   * @param seeds one for each rollout
   * @param rollouts in the order of the seeds
   */
  public record GroupState(
      long problem, @Nullable Integer choice, long[] seeds, List<RolloutState> rollouts) {

    /** Checks that each seed has its rollout. */
    public GroupState {
      rollouts = List.copyOf(rollouts);
      if (rollouts.size() != seeds.length) {
        throw new IllegalArgumentException(
            String.format(
                "a group needs a rollout for each seed; had %s and %s",
                rollouts.size(), seeds.length));
      }
    }
  }

  /**
   * A rollout as far as it is sampled.
   *
   * @param tokens so far, observations included, {@code [T]}
   * @param samplingLogProbs under the distributions that they were drawn from, NaN in observations,
   *     {@code [T]}
   * @param policyLogProbs under the policies that sampled them, without filters, {@code [T]}
   * @param finishReason why it ended; {@code null} where it goes on
   * @param segments which weights sampled how many of the tokens, in order
   * @param turns that an environment has answered, in order; empty without one
   */
  public record RolloutState(
      int[] tokens,
      float[] samplingLogProbs,
      float[] policyLogProbs,
      @Nullable FinishReason finishReason,
      List<Segment> segments,
      List<Turn> turns) {

    /** Checks that lengths agree. */
    public RolloutState {
      segments = List.copyOf(segments);
      turns = List.copyOf(turns);
      int covered = segments.stream().mapToInt(Segment::tokens).sum();
      if (samplingLogProbs.length != tokens.length
          || policyLogProbs.length != tokens.length
          || covered != tokens.length) {
        throw new IllegalArgumentException(
            String.format(
                "a rollout needs two log-probs and a segment for each of its %s tokens; had "
                    + "%s, %s and %s",
                tokens.length, samplingLogProbs.length, policyLogProbs.length, covered));
      }
    }
  }

  /**
   * Tokens that the same weights sampled.
   *
   * @param version optimizer updates that those weights had seen
   * @param step the step before whose update they were
   * @param tokens how many
   */
  public record Segment(long version, long step, int tokens) {}

  /**
   * A turn of the model with the answer of its environment.
   *
   * @param sampled tokens of the turn
   * @param observed tokens of the answer
   */
  public record Turn(int sampled, int observed) {}

  /**
   * The next step's rollouts, sampled while the last one trained.
   *
   * @param step whose rollouts they are
   * @param groups what training gets
   * @param metrics that were measured
   */
  public record AheadState(long step, List<GroupState> groups, Map<String, Double> metrics) {

    /** Fixes the collections. */
    public AheadState {
      groups = List.copyOf(groups);
      metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
    }
  }

  /** This state as plain data; floats are exact. */
  public ObjectNode toTree() {
    return JSON.valueToTree(this);
  }

  /**
   * Reads what {@link #toTree} wrote.
   *
   * @throws IllegalArgumentException if that is not what it is
   */
  public static CollectorState fromTree(ObjectNode tree) {
    try {
      return JSON.treeToValue(tree, CollectorState.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "this is not a saved state of rollouts: " + e.getOriginalMessage(), e);
    }
  }
}
