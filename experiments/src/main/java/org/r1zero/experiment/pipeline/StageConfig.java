package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  /** Checks the name. */
  public StageConfig {
    List<String> faults = new ArrayList<>();
    if (!name.matches("[a-z0-9][a-z0-9_-]*") || name.equals("base")) {
      faults.add(
          "name must be lower case letters, digits, '_' and '-', and not base, was '" + name + "'");
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  /** The options, empty where there are none; a copy. */
  ObjectNode optionsOrEmpty() {
    return options == null ? JsonNodeFactory.instance.objectNode() : options.deepCopy();
  }
}
