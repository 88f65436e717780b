package org.r1zero.grpo.model;

/** What rollouts keep the matrices of a model's blocks in; training is not concerned. */
public enum Quantization {
  /** The type that is computed in. */
  NONE,
  /**
   * Weight-only int8: symmetric, a scale for each output channel, activations in bf16. Embeddings,
   * norms and the output layer stay in bf16. CPU only ({@code aten::_weight_int8pack_mm}).
   */
  INT8
}
