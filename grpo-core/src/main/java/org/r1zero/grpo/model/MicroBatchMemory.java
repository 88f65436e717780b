package org.r1zero.grpo.model;

/**
 * How much memory a forward and backward pass takes, from the model's shape: what {@code
 * decoder.py} keeps for backward, and what one block's backward holds at its widest. Attention's
 * probabilities and the logits are left out: their size is bounded whatever the batch is.
 *
 * @param config the model's shape
 * @param type what it computes in
 * @param gradientCheckpointing whether only blocks' inputs are kept
 */
public record MicroBatchMemory(
    DecoderConfig config, ComputeType type, boolean gradientCheckpointing) {

  /** Bytes that each row of a batch takes. */
  public long bytesPerToken() {
    long width = type == ComputeType.BFLOAT16 ? 2 : 4;
    long hidden = config.hiddenSize();
    long projections = (config.heads() + 2L * config.keyValueHeads()) * config.headDim();
    long attention = (long) config.heads() * config.headDim();
    long gateUp = 2L * config.intermediateSize();
    long block = width * (2 * hidden + projections + attention + gateUp);
    long kept =
        gradientCheckpointing ? config.layers() * width * hidden + block : config.layers() * block;
    // in one block's backward: the residual's gradient and norms in fp32, the projections' gradient
    // in fp32 and narrow, gate and up's gradient and the product's
    long widest =
        4 * (6 * hidden + projections)
            + width * (2 * hidden + projections + attention + gateUp + gateUp);
    return kept + widest;
  }

  /**
   * Bytes that training still allocates beside activations: gradients and Adam's two moments in
   * fp32, the copy that rollouts read, and the largest weight in the compute type.
   */
  public static long trainingBytes(PolicyModel policy) {
    long trained = policy.parameters().stream().mapToLong(p -> p.value().size()).sum();
    long width = policy.computeType() == ComputeType.BFLOAT16 ? 2 : 4;
    long copy = width * policy.parameterCount();
    long largest = 4L * policy.config().vocabSize() * policy.config().hiddenSize(); // embedding's
    return 12 * trained + copy + largest;
  }
}
