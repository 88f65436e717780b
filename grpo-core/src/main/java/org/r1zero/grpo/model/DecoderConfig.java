package org.r1zero.grpo.model;

/**
 * The shape of a decoder, as its {@code config.json} states it.
 *
 * @param family which architecture's names and options apply
 * @param vocabSize rows of the embedding, {@code V}
 * @param hiddenSize {@code D}
 * @param intermediateSize width of the feed-forward layer
 * @param layers number of blocks
 * @param heads query heads, {@code H}
 * @param keyValueHeads key/value heads, {@code K}; divides {@code heads}
 * @param headDim size of a head, {@code E}; even
 * @param rmsNormEps epsilon of each RMSNorm
 * @param ropeTheta base of the rotary frequencies
 * @param ropeScaling their scaling
 * @param maxPositionEmbeddings the longest sequence that the model is made for, in tokens
 * @param tieWordEmbeddings whether the output layer is the embedding
 * @param qkvBias whether the query, key and value projections have a bias
 * @param outputBias whether the attention's output projection has a bias
 * @param mlpBias whether the feed-forward projections have a bias
 * @param qkNorm whether queries and keys are normalised a head (Qwen3)
 */
public record DecoderConfig(
    Family family,
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int keyValueHeads,
    int headDim,
    double rmsNormEps,
    double ropeTheta,
    RopeScaling ropeScaling,
    int maxPositionEmbeddings,
    boolean tieWordEmbeddings,
    boolean qkvBias,
    boolean outputBias,
    boolean mlpBias,
    boolean qkNorm) {

  /** The same with an output layer of its own. */
  public DecoderConfig untied() {
    return new DecoderConfig(
        family,
        vocabSize,
        hiddenSize,
        intermediateSize,
        layers,
        heads,
        keyValueHeads,
        headDim,
        rmsNormEps,
        ropeTheta,
        ropeScaling,
        maxPositionEmbeddings,
        false,
        qkvBias,
        outputBias,
        mlpBias,
        qkNorm);
  }

  /** The supported architectures. */
  public enum Family {
    /** {@code LlamaForCausalLM}. */
    LLAMA,
    /** {@code Qwen2ForCausalLM}: biases on query, key and value. */
    QWEN2,
    /** {@code Qwen3ForCausalLM}: norms on query and key. */
    QWEN3
  }
}
