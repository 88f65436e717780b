package org.r1zero.grpo.model;

/** What rollouts keep the matrices of a model's blocks in; training is not concerned. */
public enum Quantization {
  /** The type that is computed in. */
  NONE,
  /**
   * Symmetric int8, a scale for each output channel. Embeddings, norms and the output layer stay in
   * bf16. The native kernels multiply with activations in int8 too, a scale for each token; {@code
   * aten::_weight_int8pack_mm}, where there are none, with activations in bf16. CPU only.
   */
  INT8
}
