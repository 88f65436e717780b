package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.faults.Faults;

/**
 * One stage of a pipeline, as its recipe says it.
 *
 * @param name the stage's name, unique within the pipeline
 * @param kind what the stage does
 * @param model what the stage starts from: {@code base} for the pipeline's own model, an earlier
 *     stage's name, or whatever a recipe's {@code model} takes; {@code null} for the model of the
 *     stages before
 * @param options the options of the stage's kind
 */
public record StageConfig(
    String name, StageKind kind, @Nullable String model, @Nullable ObjectNode options) {
  /** What a stage calls the recipe's model. */
  public static final String BASE = "base";

  /** Checks the name. */
  public StageConfig {
    Faults faults = new Faults();
    faults.require(
        name.matches("[a-z0-9][a-z0-9_-]*") && !name.equals(BASE),
        "name",
        "must be lower case letters, digits, '_' and '-', and not base, was '" + name + "'");
    faults.check();
  }

  /** The options, empty where there are none; a copy. */
  public ObjectNode optionsOrEmpty() {
    return options == null ? JsonNodeFactory.instance.objectNode() : options.deepCopy();
  }
}
