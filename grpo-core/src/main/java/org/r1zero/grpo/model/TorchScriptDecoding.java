package org.r1zero.grpo.model;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.TorchModule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The calls of {@code generation.py}, on any device; a cache's arrays are {@code [rows, K, time,
 * E]}.
 */
final class TorchScriptDecoding implements DecodingKernels {
  private static final Logger LOG = LoggerFactory.getLogger(TorchScriptDecoding.class);
  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

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

  TorchScriptDecoding(
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
    this.copyMethod = packs ? "pack" : onCpu ? "narrow" : "narrow_few";
  }

  @Override
  public DecoderConfig config() {
    return config;
  }

  @Override
  public long cacheBytesPerToken() {
    long numbers = 2L * config.layers() * config.keyValueHeads() * config.headDim();
    return numbers * (computeType == ComputeType.FLOAT32 ? 4 : 2);
  }

  @Override
  public DecodingKernels packed(Scope owner, Quantization quantization) {
    Optional<String> obstacle = NativeDecoding.obstacle(config, onCpu);
    if (quantization == Quantization.INT8) {
      requireInt8(obstacle.isEmpty());
    }
    if (obstacle.isEmpty()) {
      DecodingKernels kernels = new NativeDecoding(this, quantization);
      once(Level.INFO, "sampling by " + kernels.description());
      return kernels;
    }
    once(
        onCpu ? Level.WARN : Level.INFO,
        "sampling by TorchScript and not by the native kernels: " + obstacle.get());
    if (onCpu && !packs) {
      once(
          Level.WARN,
          "this processor has no packed products in "
              + (computeType == ComputeType.FLOAT32 ? "float32" : "bfloat16")
              + ": sampling uses plain ones, which are slower; dtype float32 may be faster here");
    }
    TorchScriptDecoding kernels =
        new TorchScriptDecoding(
            config, computeType, copying, copying, weights, cos, sin, onCpu, packs);
    if (quantization == Quantization.INT8) {
      kernels.copyMethod = "quantize";
    }
    kernels.copies = owner.open();
    kernels.refreshFrom(this);
    return kernels;
  }

  private static void once(Level level, String line) {
    if (SAID.add(line)) {
      LOG.atLevel(level).log(line);
    }
  }

  @Override
  public String description() {
    return "TorchScript";
  }

  @Override
  public void refreshFrom(DecodingKernels masters) {
    Scope old = requireNonNull(copies, "these kernels read the masters themselves");
    Scope owner = old.reopened();
    copies = owner;
    weights = copying.callForList(owner, copyMethod, ((TorchScriptDecoding) masters).weights);
  }

  @Override
  public void release() {
    requireNonNull(copies, "these kernels read the masters themselves").close();
  }

  ComputeType computeType() {
    return computeType;
  }

  /** The weights that these kernels read. */
  List<NDArray> weights() {
    return weights;
  }

  NDArray cos() {
    return cos;
  }

  NDArray sin() {
    return sin;
  }

  /** Draws from the first rows of logits, with filters. */
  SampledTokens draw(
      NDArray logits, long[] rows, float[] uniforms, SamplingParameters how, Scope scope) {
    NDArray some = generation.call(scope, "pick_rows", logits, scope.longs(rows));
    return sampled(
        generation.callForList(
            scope,
            "sample",
            some,
            scope.floats(uniforms),
            how.temperature(),
            how.topK(),
            how.topP(),
            how.minP()));
  }

  private static SampledTokens sampled(List<NDArray> arrays) {
    return new SampledTokens(
        arrays.get(0).toLongArray(), arrays.get(1).toFloatArray(), arrays.get(2).toFloatArray());
  }

  /** Libtorch's kernel takes activations in bf16, sixteen of a row at a time. */
  private void requireInt8(boolean natively) {
    if (natively && computeType == ComputeType.BFLOAT16) {
      return;
    }
    int attention = config.heads() * config.headDim();
    boolean whole =
        config.hiddenSize() % 16 == 0 && attention % 16 == 0 && config.intermediateSize() % 16 == 0;
    if (!packs || computeType != ComputeType.BFLOAT16 || !whole) {
      throw new IllegalArgumentException(
          String.format(
              "sampling.quantization int8 needs device cpu, dtype bfloat16 and layer widths that"
                  + " are multiples of 16, found %s, %s and %s; set sampling.quantization: none, or"
                  + " device: cpu and dtype: bfloat16",
              packs ? "cpu" : onCpu ? "a cpu whose oneDNN has no bfloat16" : "cuda",
              computeType,
              List.of(config.hiddenSize(), attention, config.intermediateSize())));
    }
  }

  @Override
  public void products(int rows, boolean output, Scope scope) {
    try (Scope call = scope.open()) {
      NDArray x = call.manager().zeros(new Shape(rows, config.hiddenSize()));
      generation.call(call, "products", weights, x, output).getFloat();
    }
  }

  @Override
  public List<NDArray> newCache(int rows, int time, Scope owner) {
    return generation.callForList(owner, "new_cache", cos, rows, time);
  }

  @Override
  public List<NDArray> grow(List<NDArray> cache, int rows, int time, Scope owner) {
    List<NDArray> grown = new ArrayList<>();
    for (NDArray array : cache) {
      grown.add(generation.call(owner, "grow", array, rows, time));
      array.close();
    }
    return grown;
  }

  @Override
  public NDArray row(NDArray hidden, int row, Scope owner) {
    try (Scope call = owner.open()) {
      return generation.call(owner, "pick_rows", hidden, call.longs(row));
    }
  }

  @Override
  public NDArray newLogits(int rows, Scope owner) {
    return owner.manager().zeros(new Shape(rows, config.vocabSize()));
  }

  @Override
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

  @Override
  public NDArray nextLogits(int[][] prompts, Scope scope) {
    List<NDArray> prefilled = prefill(prompts, TokenBatch.longest(prompts), scope);
    NDArray hidden = prefilled.get(prefilled.size() - 1);
    return generation.call(scope, "logits", hidden, head(), newLogits(prompts.length, scope));
  }

  /** The output layer; packed up projections come after it. */
  private NDArray head() {
    return weights.get(ParameterLayout.SLOTS_PER_LAYER * config.layers() + 2);
  }

  @Override
  public void fillSlots(List<NDArray> prefixes, List<NDArray> prefilled, int first) {
    generation.callForEffect("fill_slots", prefixes, prefilled, first);
  }

  @Override
  public void moveRow(List<NDArray> cache, int source, int target, int time) {
    generation.callForEffect("move_row", cache, source, target, time);
  }

  @Override
  public SampledTokens sampleFirst(
      List<NDArray> hidden,
      long[] owner,
      float[] uniforms,
      SamplingParameters how,
      NDArray logits,
      Scope scope) {
    NDArray all = generation.call(scope, "first_logits", hidden, head(), logits);
    return draw(all, owner, uniforms, how, scope);
  }

  @Override
  public SampledTokens decodeAndSample(
      List<NDArray> prefixes,
      List<NDArray> cache,
      DecodingStep step,
      float[] uniforms,
      SamplingParameters how,
      NDArray logits,
      Scope scope) {
    step.requireNoDrafts();
    DecodingStep.Grid grid = step.grid();
    if (!onCpu) {
      return decodeOnGpu(prefixes, cache, step, uniforms, how, logits, scope);
    }
    RowSegments segments = step.segments();
    return sampled(
        generation.callForList(
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
            how.minP()));
  }

  /** One copy to the GPU, but for the uniforms, and one back. */
  private SampledTokens decodeOnGpu(
      List<NDArray> prefixes,
      List<NDArray> cache,
      DecodingStep step,
      float[] uniforms,
      SamplingParameters how,
      NDArray logits,
      Scope scope) {
    DecodingStep.Grid grid = step.grid();
    RowSegments segments = RowSegments.one(step.own());
    int n = step.tokens().length;
    LongStream numbers =
        Stream.of(
                step.tokens(),
                step.positions(),
                step.own(),
                grid.grid(),
                grid.place(),
                step.prefixLengths())
            .flatMapToLong(LongStream::of);
    double[] results =
        generation
            .call(
                scope,
                "step",
                weights,
                cos,
                sin,
                prefixes,
                cache,
                scope.longs(numbers.toArray()),
                n,
                grid.grid().length,
                step.even(),
                segments.endsAsLongs(),
                segments.longest(),
                step.evenPrefixes(),
                step.longestPrefix(),
                grid.ordered(),
                logits,
                scope.manager().create(uniforms),
                how.temperature(),
                how.topK(),
                how.topP(),
                how.minP())
            .toDoubleArray();
    if (results.length > 3 * n && results[3 * n] == 0) { // rare: the likeliest few were too few
      results =
          generation
              .call(
                  scope,
                  "redraw",
                  logits,
                  scope.manager().create(uniforms),
                  how.topK(),
                  how.topP(),
                  how.minP())
              .toDoubleArray();
    }
    long[] tokens = new long[n];
    float[] samplingLogProbs = new float[n];
    float[] policyLogProbs = new float[n];
    for (int i = 0; i < n; i++) {
      tokens[i] = (long) results[i];
      samplingLogProbs[i] = (float) results[n + i];
      policyLogProbs[i] = (float) results[2 * n + i];
    }
    return new SampledTokens(tokens, samplingLogProbs, policyLogProbs);
  }
}
