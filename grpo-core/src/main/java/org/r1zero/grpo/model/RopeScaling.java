package org.r1zero.grpo.model;

/** How rotary embeddings are stretched beyond the context that a model was trained on. */
public sealed interface RopeScaling {

  /** As trained. */
  record None() implements RopeScaling {}

  /** Positions divided by {@code factor}. */
  record Linear(double factor) implements RopeScaling {}

  /** Llama 3.1: low frequencies divided by {@code factor}, high ones kept, smooth in between. */
  record Llama3(
      double factor, double lowFreqFactor, double highFreqFactor, int originalMaxPositionEmbeddings)
      implements RopeScaling {}

  /**
   * YaRN (arXiv:2309.00071).
   *
   * @param attentionFactor what cos and sin are multiplied by
   */
  record Yarn(
      double factor,
      double betaFast,
      double betaSlow,
      int originalMaxPositionEmbeddings,
      double attentionFactor,
      boolean truncate)
      implements RopeScaling {}
}
