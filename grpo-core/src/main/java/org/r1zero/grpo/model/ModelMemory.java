package org.r1zero.grpo.model;

import java.util.Arrays;

/**
 * How many bytes a model's work takes, from its shape alone.
 *
 * @param config the model's shape
 * @param type what it computes in
 */
public record ModelMemory(DecoderConfig config, ComputeType type) {

  /** How many weights there are. */
  public long parameters() {
    return WeightNames.shapes(config).values().stream()
        .mapToLong(shape -> Arrays.stream(shape).reduce(1, (a, b) -> a * b))
        .sum();
  }

  /** All weights in fp32, and the copy that samplers read. */
  public long weights() {
    return (4L + type.bytes()) * parameters();
  }

  /**
   * All weights, gradients and moments that training holds: where all weights are trained, fp32
   * masters, gradients, Adam's two moments and the copy that samplers read, 18 bytes for each
   * parameter in bf16; with adapters, the frozen base, the weights with adapters added and the
   * samplers' copy, and 16 bytes for each of the adapters' parameters.
   *
   * @param adapterParameters 0 where all weights are trained
   * @param reference whether there is a reference policy with weights of its own
   * @param follows whether that moves towards the policy, for which it is kept in fp32
   */
  public long training(long adapterParameters, boolean reference, boolean follows) {
    long width = type.bytes();
    long parameters = parameters();
    long policy =
        adapterParameters > 0
            ? 3 * width * parameters + 16 * adapterParameters
            : (16 + width) * parameters;
    return policy + (reference ? (follows ? 4 : width) * parameters : 0);
  }

  /**
   * How much less of a GPU's memory {@link #training} takes where AdamW's moments lie in the
   * machine's.
   *
   * @param adapterParameters 0 where all weights are trained
   */
  public long offloaded(long adapterParameters) {
    return 8 * (adapterParameters > 0 ? adapterParameters : parameters());
  }

  /**
   * What each row of a batch takes in a forward and backward pass: what {@code decoder.py} keeps
   * for backward, and what one block's backward holds at its widest. Attention's probabilities and
   * the logits are left out: their size is bounded whatever the batch is.
   *
   * @param gradientCheckpointing whether only blocks' inputs are kept
   */
  public long perToken(boolean gradientCheckpointing) {
    long width = type.bytes();
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

  /** The keys and values of one token. */
  public long cachePerToken() {
    return 2L * config.layers() * config.keyValueHeads() * config.headDim() * type.bytes();
  }

  /**
   * What training a loaded policy still allocates beside activations: gradients and Adam's two
   * moments in fp32, the copy that rollouts read, and the largest weight in the compute type.
   *
   * @param sampled whether rollouts are sampled on the same device, so that the copy lies there
   * @param offloaded whether the moments lie elsewhere
   */
  public static long toAllocate(PolicyModel policy, boolean sampled, boolean offloaded) {
    long trained = policy.parameters().stream().mapToLong(p -> p.value().size()).sum();
    long copy = sampled ? policy.computeType().bytes() * policy.parameterCount() : 0;
    long largest = 4L * policy.config().vocabSize() * policy.config().hiddenSize(); // embedding's
    return (offloaded ? 4 : 12) * trained + copy + largest;
  }
}
