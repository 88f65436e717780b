package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One verifier's part in the reward.
 *
 * @param verifier its id
 * @param weight its score is multiplied by this
 * @param gate whether the reward is 0 unless this verifier finds the completion right
 * @param options the verifier's own options
 */
public record RewardEntry(String verifier, double weight, boolean gate, ObjectNode options) {

  /** Checks the weight. */
  public RewardEntry {
    if (!Double.isFinite(weight)) {
      throw new IllegalArgumentException("weight must be a finite number, was " + weight);
    }
  }

  /** An exact number, weight 1. */
  public static RewardEntry defaults() {
    return new RewardEntry("number", 1, false, JsonNodeFactory.instance.objectNode());
  }
}
