package org.r1zero.grpo.model;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.TorchModule;

/**
 * The calls that generation is made of: token ids in, token ids out, no gradients.
 *
 * <p>A cache is a list of {@code 2 * layers} arrays {@code [rows, K, time, E]}: the keys of each
 * layer, then the values. Sequences attend to two of them: one has what was read before sampling, a
 * slot for all who share it, the other what each sampled itself, in its row.
 */
public final class DecodingKernels {
  private final DecoderConfig config;
  private final ComputeType computeType;
  private final TorchModule generation;
  private final TorchModule copying;
  private final boolean onCpu;
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
      boolean onCpu,
      boolean packs) {
    this.config = config;
    this.computeType = computeType;
    this.generation = generation;
    this.copying = copying;
    this.weights = List.copyOf(weights);
    this.cos = cos;
    this.sin = sin;
    this.onCpu = onCpu;
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
   * kernels read them where it has some for that type, which saves conversion and packing at every
   * token.
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
        new DecodingKernels(config, computeType, copying, copying, weights, cos, sin, onCpu, packs);
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
              + (packs ? "cpu" : onCpu ? "a cpu whose oneDNN has no bfloat16" : "cuda")
              + ", "
              + computeType
              + " and "
              + List.of(config.hiddenSize(), attention, config.intermediateSize())
              + "; set sampling.quantization: none, or device: cpu and dtype: bfloat16");
    }
  }

  /**
   * The matrix products of one decoding step without anything between them, for measuring how fast
   * this machine can be with these packed weights; returns when they are done.
   *
   * @param rows sequences in the step, or tokens of prompts
   * @param output whether the output layer is one of them, as in decoding
   */
  public void products(int rows, boolean output, Scope scope) {
    try (Scope call = scope.open()) {
      NDArray x = call.manager().zeros(new Shape(rows, config.hiddenSize()));
      generation.call(call, "products", weights, x, output).getFloat();
    }
  }

  /** An empty cache that {@code owner} owns. */
  public List<NDArray> newCache(int rows, int time, Scope owner) {
    return generation.callForList(owner, "new_cache", cos, rows, time);
  }

  /**
   * A cache's arrays with room for more positions, and for more rows or only the first ones; the
   * old ones are closed one by one, so that hardly more memory is used than for the new ones.
   *
   * @param owner owns the new arrays
   */
  public List<NDArray> grow(List<NDArray> cache, int rows, int time, Scope owner) {
    List<NDArray> grown = new ArrayList<>();
    for (NDArray array : cache) {
      grown.add(generation.call(owner, "grow", array, rows, time));
      array.close();
    }
    return grown;
  }

  /** A copy {@code [1, D]} of one row of a prefill's hidden states. */
  public NDArray row(NDArray hidden, int row, Scope owner) {
    try (Scope call = owner.open()) {
      return generation.call(owner, "pick_rows", hidden, call.longs(row));
    }
  }

  /** Room for the logits of so many rows, {@code [rows, V]} fp32. */
  public NDArray newLogits(int rows, Scope owner) {
    return owner.manager().zeros(new Shape(rows, config.vocabSize()));
  }

  /**
   * Reads whole prompts.
   *
   * @param prompts {@code [P][S_p]} token ids
   * @param chunk most tokens of each that are computed at once: bounds memory
   * @return {@code 2 * layers} arrays {@code [P, S, K, E]}, then the hidden states {@code [P, D]}
   *     of each prompt's last token
   */
  public List<NDArray> prefill(int[][] prompts, int chunk, Scope scope) {
    int time = TokenBatch.longest(prompts);
    long[] tokens = new long[prompts.length * time];
    long[] last = new long[prompts.length];
    for (int p = 0; p < prompts.length; p++) {
      for (int s = 0; s < prompts[p].length; s++) {
        tokens[p * time + s] = prompts[p][s];
      }
      last[p] = prompts[p].length - 1L;
    }
    NDArray ids = scope.longs(tokens).reshape(new Shape(prompts.length, time));
    return generation.callForList(
        scope, "prefill", weights, cos, sin, ids, scope.longs(last), chunk);
  }

  /** Logits {@code [P, V]}, fp32, of the token after each whole prompt. */
  public NDArray nextLogits(int[][] prompts, Scope scope) {
    List<NDArray> prefilled = prefill(prompts, TokenBatch.longest(prompts), scope);
    NDArray hidden = prefilled.get(prefilled.size() - 1);
    return generation.call(scope, "logits", hidden, head(), newLogits(prompts.length, scope));
  }

  /** The output layer; packed up projections come after it. */
  private NDArray head() {
    return weights.get(ParameterLayout.SLOTS_PER_LAYER * config.layers() + 2);
  }

  /** Puts the prompts of a prefill into a cache's slots from {@code first} on. */
  public void fillSlots(List<NDArray> prefixes, List<NDArray> prefilled, int first) {
    generation.callForEffect("fill_slots", prefixes, prefilled, first);
  }

  /** Moves a cache row's (or slot's) first {@code time} positions to another. */
  public void moveRow(List<NDArray> cache, int source, int target, int time) {
    generation.callForEffect("move_row", cache, source, target, time);
  }

  /**
   * Samples the token after each prompt.
   *
   * @param hidden last arrays {@code [P, D]} of prefills, or rows of them, one after the other
   * @param owner which of all these prompts each of the {@code n} sequences follows
   * @param logits {@link #newLogits} of at least as many rows as prompts, overwritten
   * @return tokens {@code [n]} int64, their log-probs as sampled {@code [n]}, and without filters
   */
  public List<NDArray> sampleFirst(
      List<NDArray> hidden,
      long[] owner,
      float[] uniforms,
      SamplingParameters how,
      NDArray logits,
      Scope scope) {
    NDArray all = generation.call(scope, "first_logits", hidden, head(), logits);
    NDArray rows = generation.call(scope, "pick_rows", all, scope.longs(owner));
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
   * Adds one token to each of {@code n} sequences and samples the next.
   *
   * @param prefixes the cache of what was read before sampling
   * @param cache the cache of what was sampled, with room for one position more
   * @param uniforms a number in [0, 1) for each row, {@code [n]}
   * @param logits {@link #newLogits} of at least {@code n} rows, overwritten
   * @return tokens {@code [n]} int64, their log-probs as sampled {@code [n]}, and without filters
   */
  public List<NDArray> decodeAndSample(
      List<NDArray> prefixes,
      List<NDArray> cache,
      DecodingStep step,
      float[] uniforms,
      SamplingParameters how,
      NDArray logits,
      Scope scope) {
    DecodingStep.Grid grid = step.grid();
    RowSegments segments = onCpu ? step.segments() : RowSegments.one(step.own());
    return generation.callForList(
        scope,
        "decode_and_sample",
        weights,
        cos,
        sin,
        prefixes,
        cache,
        scope.longs(step.tokens()),
        scope.longs(step.positions()),
        scope.longs(step.own()),
        step.even(),
        segments.endsAsLongs(),
        segments.longest(),
        scope.longs(step.prefixLengths()),
        step.evenPrefixes(),
        step.longestPrefix(),
        scope.longs(grid.grid()),
        scope.longs(grid.place()),
        grid.ordered(),
        logits,
        scope.floats(uniforms),
        how.temperature(),
        how.topK(),
        how.topP(),
        how.minP());
  }
}
