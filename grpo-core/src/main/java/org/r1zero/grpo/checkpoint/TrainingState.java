package org.r1zero.grpo.checkpoint;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.optim.AdamW;

/**
 * All that a trainer needs to go on as if it had never stopped.
 *
 * @param step finished steps
 * @param tensors the live arrays, fp32, by a name that is unique within the state
 * @param values everything else: counters, positions, what data and rollouts need
 */
public record TrainingState(long step, Map<String, NDArray> tensors, ObjectNode values) {

  /** Copies the map; the arrays stay the live ones. */
  public TrainingState {
    tensors = new LinkedHashMap<>(tensors);
  }

  /** A trained model with its optimizer. */
  public static TrainingState of(
      long step, PolicyModel policy, AdamW optimizer, ObjectNode values) {
    return new TrainingState(step, tensors(policy, optimizer), values);
  }

  /**
   * The arrays that training changes, to be saved, or to be filled by {@link Checkpoint#restore}:
   * {@code policy/NAME} for each trainable parameter, {@code optimizer/NAME.…} for its moments.
   */
  public static Map<String, NDArray> tensors(PolicyModel policy, AdamW optimizer) {
    Map<String, NDArray> tensors = new LinkedHashMap<>(weights("policy/", policy));
    optimizer.state().forEach((name, array) -> tensors.put("optimizer/" + name, array));
    return tensors;
  }

  /** The weights of a model under their names with a prefix. */
  public static Map<String, NDArray> weights(String prefix, PolicyModel model) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    for (Parameter parameter : model.parameters()) {
      tensors.put(prefix + parameter.name(), parameter.value());
    }
    return tensors;
  }
}
