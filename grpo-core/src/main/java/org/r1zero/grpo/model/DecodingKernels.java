package org.r1zero.grpo.model;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.TorchModule;

/**
 * The calls that generation is made of: token ids in, token ids out, no gradients.
 *
 * <p>A cache is a list of {@code 2 * layers} arrays: keys {@code [rows, K, E, time]} of each layer,
 * then values {@code [rows, K, time, E]}. A row belongs to one sequence.
 */
public final class DecodingKernels {
  private final DecoderConfig config;
  private final ComputeType computeType;
  private final TorchModule generation;
  private final TorchModule copying;
  private final boolean packs;
  private final NDArray cos;
  private final NDArray sin;
  private List<NDArray> weights;
  private @Nullable Scope copies;
  private String copyMethod;

  DecodingKernels(
      DecoderConfig config,
      ComputeType computeType,
      TorchModule generation,
      TorchModule copying,
      List<NDArray> weights,
      NDArray cos,
      NDArray sin,
      boolean packs) {
    this.config = config;
    this.computeType = computeType;
    this.generation = generation;
    this.copying = copying;
    this.weights = List.copyOf(weights);
    this.cos = cos;
    this.sin = sin;
    this.packs = packs;
    this.copyMethod = packs ? "pack" : "narrow";
  }

  /** The shape of the model that decodes. */
  public DecoderConfig config() {
    return config;
  }

  /** Bytes that one position of one row takes in a cache. */
  public long cacheBytesPerToken() {
    long numbers = 2L * config.layers() * config.keyValueHeads() * config.headDim();
    return numbers * (computeType == ComputeType.FLOAT32 ? 4 : 2);
  }

  /**
   * Kernels that read copies of the weights: in the compute type, and on CPUs packed as oneDNN's
   * kernels read them, which saves conversion and packing at every token.
   *
   * @param owner owns the copies
   */
  public DecodingKernels packed(Scope owner) {
    return packed(owner, Quantization.NONE);
  }

  /**
   * The same with the blocks' matrices in fewer bits.
   *
   * @throws IllegalArgumentException if this model's type, shape or device has no such kernels
   */
  public DecodingKernels packed(Scope owner, Quantization quantization) {
    if (quantization == Quantization.INT8) {
      requireInt8();
    }
    DecodingKernels kernels =
        new DecodingKernels(config, computeType, copying, copying, weights, cos, sin, packs);
    if (quantization == Quantization.INT8) {
      kernels.copyMethod = "quantize";
    }
    kernels.copies = owner.open();
    kernels.refreshFrom(this);
    return kernels;
  }

  /** Copies a model's weights into these {@link #packed} kernels again. */
  public void refreshFrom(DecodingKernels masters) {
    Scope old = requireNonNull(copies, "these kernels read the masters themselves");
    Scope owner = old.reopened();
    copies = owner;
    weights = copying.callForList(owner, copyMethod, masters.weights);
  }

  /** Gives the copies of {@link #packed} kernels back, which cannot be used after that. */
  public void release() {
    requireNonNull(copies, "these kernels read the masters themselves").close();
  }

  /** The kernel takes activations in bf16, sixteen of a row at a time. */
  private void requireInt8() {
    int attention = config.heads() * config.headDim();
    boolean whole =
        config.hiddenSize() % 16 == 0 && attention % 16 == 0 && config.intermediateSize() % 16 == 0;
    if (!packs || computeType != ComputeType.BFLOAT16 || !whole) {
      throw new IllegalArgumentException(
          "sampling.quantization int8 needs device cpu, dtype bfloat16 and layer widths that are"
              + " multiples of 16, found "
              + (packs ? "cpu" : "cuda")
              + ", "
              + computeType
              + " and "
              + List.of(config.hiddenSize(), attention, config.intermediateSize())
              + "; set sampling.quantization: none, or device: cpu and dtype: bfloat16");
    }
  }

  /**
   * The matrix products of one decoding step without anything between them, for measuring how fast
   * this machine can be with these packed weights.
   *
   * @param rows sequences in the step
   */
  public void products(int rows, Scope scope) {
    NDArray x = scope.manager().zeros(new Shape(rows, config.hiddenSize()));
    generation.call(scope, "products", weights, x);
  }

  /** An empty cache that {@code owner} owns. */
  public List<NDArray> newCache(int rows, int time, Scope owner) {
    return generation.callForList(owner, "new_cache", cos, rows, time);
  }

  /**
   * Reads whole prompts.
   *
   * @param prompts {@code [P][S_p]} token ids
   * @return {@code 2 * layers} arrays {@code [P, S, K, E]}, then the hidden states {@code [P, D]}
   *     of each prompt's last token
   */
  public List<NDArray> prefill(int[][] prompts, Scope scope) {
    int time = TokenBatch.longest(prompts);
    long[] tokens = new long[prompts.length * time];
    long[] positions = new long[tokens.length];
    long[] last = new long[prompts.length];
    for (int p = 0; p < prompts.length; p++) {
      for (int s = 0; s < time; s++) {
        tokens[p * time + s] = s < prompts[p].length ? prompts[p][s] : 0;
        positions[p * time + s] = s;
      }
      last[p] = (long) p * time + prompts[p].length - 1;
    }
    NDArray ids = scope.longs(tokens).reshape(new Shape(prompts.length, time));
    return generation.callForList(
        scope, "prefill", weights, cos, sin, ids, scope.longs(positions), scope.longs(last));
  }

  /** Logits {@code [P, V]}, fp32, of the token after each whole prompt. */
  public NDArray nextLogits(int[][] prompts, Scope scope) {
    List<NDArray> prefilled = prefill(prompts, scope);
    NDArray hidden = prefilled.get(prefilled.size() - 1);
    return generation.call(scope, "logits", hidden, head());
  }

  /** The output layer; packed up projections come after it. */
  private NDArray head() {
    return weights.get(ParameterLayout.SLOTS_PER_LAYER * config.layers() + 2);
  }

  /** Puts prompt {@code owner[j]} of a prefill into cache row {@code first + j}. */
  public void fillCache(
      List<NDArray> cache, List<NDArray> prefilled, long[] owner, int first, Scope scope) {
    generation.callForEffect("fill_cache", cache, prefilled, scope.longs(owner), first);
  }

  /** Moves a cache row's first {@code time} positions to another row. */
  public void moveRow(List<NDArray> cache, int source, int target, int time) {
    generation.callForEffect("move_row", cache, source, target, time);
  }

  /**
   * Samples the token after each prompt of a prefill.
   *
   * @param hidden the prefill's last array {@code [P, D]}
   * @param owner which prompt each of the {@code n} sequences follows
   * @return tokens {@code [n]} int64, their log-probs as sampled {@code [n]}, and without filters
   */
  public List<NDArray> sampleFirst(
      NDArray hidden, long[] owner, float[] uniforms, SamplingParameters how, Scope scope) {
    NDArray logits = generation.call(scope, "logits", hidden, head());
    NDArray rows = generation.call(scope, "pick_rows", logits, scope.longs(owner));
    return generation.callForList(
        scope,
        "sample",
        rows,
        scope.floats(uniforms),
        how.temperature(),
        how.topK(),
        how.topP(),
        how.minP());
  }

  /**
   * Adds one token to each of the first {@code n} cache rows and samples the next.
   *
   * @param tokens the tokens to add, {@code [n]}
   * @param positions where they stand, {@code [n]}
   * @param uniforms a number in [0, 1) for each row, {@code [n]}
   * @return tokens {@code [n]} int64, their log-probs as sampled {@code [n]}, and without filters
   */
  public List<NDArray> decodeAndSample(
      List<NDArray> cache,
      long[] tokens,
      long[] positions,
      float[] uniforms,
      SamplingParameters how,
      Scope scope) {
    long last = LongStream.of(positions).max().orElseThrow();
    boolean even = LongStream.of(positions).allMatch(position -> position == last);
    return generation.callForList(
        scope,
        "decode_and_sample",
        weights,
        cos,
        sin,
        cache,
        scope.longs(tokens),
        scope.longs(positions),
        last + 1,
        even,
        scope.floats(uniforms),
        how.temperature(),
        how.topK(),
        how.topP(),
        how.minP());
  }
}
