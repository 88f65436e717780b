package org.r1zero.verify.reward;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;

/**
 * One verifier's part in a reward, as a recipe says it.
 *
 * @param verifier the verifier's id; {@code r1zero verify --list} lists them
 * @param name what metrics and rollouts call it; empty for the verifier's id. Needed where one
 *     verifier is used twice with different options.
 * @param weight the verifier's score is multiplied by this
 * @param gate whether the others earn nothing unless this verifier finds the completion right
 * @param options the verifier's own options
 */
public record RewardEntry(
    String verifier, String name, double weight, boolean gate, ObjectNode options)
    implements Serializable {

  /** Checks the name and the weight; both faults are named at once. */
  public RewardEntry {
    Refusal refusal = new Refusal();
    refusal.unless(Double.isFinite(weight), "weight must be a finite number, was " + weight);
    refusal.unless(
        name.matches("[a-z0-9_-]*"),
        "name must be lower case letters, digits, '_' and '-', was '" + name + "'");
    refusal.check();
  }

  /** A verifier with its own defaults, weight 1. */
  public static RewardEntry of(String verifier) {
    return new RewardEntry(verifier, "", 1, false, JsonNodeFactory.instance.objectNode());
  }

  /** An exact number, weight 1. */
  public static RewardEntry defaults() {
    return of("number");
  }

  /** What metrics and rollouts call it. */
  public String column() {
    return name.isEmpty() ? verifier : name;
  }
}
