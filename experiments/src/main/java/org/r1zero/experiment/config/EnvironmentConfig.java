package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What answers the model's turns.
 *
 * @param name an environment's name, such as {@code calculator}; {@code none} where a rollout is
 *     one turn
 * @param maxTurns turns of the model after which a conversation is over
 * @param options the environment's own options
 */
public record EnvironmentConfig(String name, int maxTurns, ObjectNode options) {
  private static final String NONE = "none";

  /** Checks the range. */
  public EnvironmentConfig {
    if (maxTurns < 1) {
      throw new IllegalArgumentException("max_turns must be >= 1, was " + maxTurns);
    }
  }

  /** One turn. */
  public static EnvironmentConfig defaults() {
    return new EnvironmentConfig(NONE, 8, JsonNodeFactory.instance.objectNode());
  }

  /** Whether there is one. */
  public boolean isOn() {
    return !name.equals(NONE);
  }
}
