package org.r1zero.grpo.model;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.torch.Scope;

/**
 * What the policy thinks of the completion tokens of a {@link TokenBatch}: {@code N} values, one a
 * token, completion after completion.
 *
 * <p>The gradient of a loss flows back through {@link #backward}, which recomputes the logits a
 * part of the vocabulary at a time: the {@code [N, V]} logits are never held.
 */
public final class TokenLogProbs {
  private final PolicyModel model;
  private final Scope scope;
  private final TrainingNetwork.Pass pass;
  private final List<NDArray> outputs;
  private final double temperature;
  private float @Nullable [] values;
  private float @Nullable [] entropyValues;

  TokenLogProbs(
      PolicyModel model,
      Scope scope,
      TrainingNetwork.Pass pass,
      List<NDArray> outputs,
      double temperature) {
    this.model = model;
    this.scope = scope;
    this.pass = pass;
    this.outputs = outputs;
    this.temperature = temperature;
  }

  /** Log-probability of each completion token, natural log, {@code [N]}. */
  public float[] values() {
    if (values == null) {
      values = outputs.get(0).toFloatArray();
    }
    return values;
  }

  /** Entropy in nats of the distribution that each token was drawn from, {@code [N]}. */
  public float[] entropies() {
    if (entropyValues == null) {
      entropyValues = outputs.get(1).toFloatArray();
    }
    return entropyValues;
  }

  /** 1 where greedy decoding would have picked the completion's token, otherwise 0: {@code [N]}. */
  public float[] greedyMatches() {
    return model.greedyMatches(pass, scope);
  }

  /**
   * Adds the gradient of a loss to the parameters' gradients. Only where gradients were recorded,
   * and only once.
   *
   * @param gradLogProbs derivative of the loss by each value, {@code [N]}
   * @param gradEntropies derivative by each entropy, {@code [N]}, or {@code null} for none
   * @throws IllegalStateException if no gradients were recorded
   */
  public void backward(float[] gradLogProbs, float @Nullable [] gradEntropies) {
    if (pass.keep() == Keep.NOTHING) {
      throw new IllegalStateException(
          "no gradients were recorded; use PolicyModel.logProbsForTraining");
    }
    int n = values().length;
    if (gradLogProbs.length != n || (gradEntropies != null && gradEntropies.length != n)) {
      throw new IllegalArgumentException(
          "gradients must have the batch's " + n + " tokens, had " + gradLogProbs.length);
    }
    NDArray g = scope.floats(gradLogProbs);
    NDArray e = gradEntropies == null ? g : scope.floats(gradEntropies);
    model.backward(pass, outputs, g, e, gradEntropies != null, temperature, scope);
  }
}
