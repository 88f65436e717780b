package org.r1zero.grpo.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/**
 * Decoding by the native kernels: prompts and whole steps are one call each. What a sequence draws
 * has the same bits whatever is decoded beside it. A cache's arrays are {@code [rows, n]} numbers
 * of memory whose layout is the library's.
 */
final class NativeDecoding implements DecodingKernels {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final int TIME_UNIT = 32;

  private final TorchScriptDecoding masters;
  private final DecoderConfig config;
  private final Quantization quantization;
  private final long model;
  private final Cleaner.Cleanable memory;
  private final long bytesPerPosition;
  private boolean released;

  NativeDecoding(TorchScriptDecoding masters, Quantization quantization) {
    this.masters = masters;
    this.config = masters.config();
    this.quantization = quantization;
    int[] shape = shape(config, masters.computeType(), quantization);
    long handle =
        NativeKernels.open(
            shape,
            (float) config.rmsNormEps(),
            Torch.bytes(masters.cos()),
            Torch.bytes(masters.sin()));
    this.model = handle;
    this.memory = CLEANER.register(this, () -> NativeKernels.close(handle));
    this.bytesPerPosition = NativeKernels.cacheBytes(model, 1, TIME_UNIT) / TIME_UNIT;
    load(masters);
  }

  /**
   * Why a model is not decoded by native kernels; empty where it is.
   *
   * @throws IllegalArgumentException if {@code R1ZERO_KERNELS} or the switch asks for what is not
   *     there
   */
  static Optional<String> obstacle(DecoderConfig config, boolean onCpu) {
    if (!onCpu) {
      return Optional.of("they are for CPUs");
    }
    Optional<String> library = NativeKernels.obstacle();
    if (library.isPresent()) {
      return library;
    }
    return NativeKernels.supports(shape(config, ComputeType.FLOAT32, Quantization.NONE))
        ? Optional.empty()
        : Optional.of("there are none for heads of " + config.headDim() + " numbers");
  }

  static int[] shape(DecoderConfig c, ComputeType type, Quantization quantization) {
    return new int[] {
      c.layers(),
      c.heads(),
      c.keyValueHeads(),
      c.headDim(),
      c.hiddenSize(),
      c.intermediateSize(),
      c.vocabSize(),
      c.maxPositionEmbeddings(),
      type == ComputeType.BFLOAT16 ? 1 : 0,
      c.qkNorm() ? 1 : 0,
      quantization == Quantization.INT8 ? 1 : 0
    };
  }

  private void load(TorchScriptDecoding from) {
    NativeKernels.load(model(), Torch.threads(), memory(config, from.weights()));
  }

  /** Arrays in the order of {@link ParameterLayout}; null where a configuration has none. */
  static @Nullable ByteBuffer[] memory(DecoderConfig config, List<NDArray> arrays) {
    List<ParameterLayout.@Nullable Slot> slots = ParameterLayout.of(config);
    @Nullable ByteBuffer[] buffers = new ByteBuffer[arrays.size()];
    for (int i = 0; i < buffers.length; i++) {
      // the last one is the embedding where the output layer is tied to it
      if (slots.get(i) != null || i == buffers.length - 1) {
        buffers[i] = Torch.bytes(arrays.get(i));
      }
    }
    return buffers;
  }

  private long model() {
    if (released) {
      throw new IllegalStateException("these kernels were released");
    }
    return model;
  }

  @Override
  public DecoderConfig config() {
    return config;
  }

  @Override
  public String description() {
    String weights = quantization == Quantization.INT8 ? ", int8" : "";
    return "native kernels (" + NativeKernels.instructionSet() + weights + ")";
  }

  @Override
  public long cacheBytesPerToken() {
    return 2L * config.layers() * bytesPerPosition;
  }

  @Override
  public DecodingKernels packed(Scope owner, Quantization quantization) {
    return masters.packed(owner, quantization);
  }

  @Override
  public void refreshFrom(DecodingKernels newest) {
    load((TorchScriptDecoding) newest);
  }

  @Override
  public void release() {
    released = true;
    memory.clean();
  }

  @Override
  public void products(int rows, boolean output, Scope scope) {
    NativeKernels.products(model(), Torch.threads(), rows, output);
  }

  @Override
  public List<NDArray> newCache(int rows, int time, Scope owner) {
    List<NDArray> cache = new ArrayList<>();
    for (int i = 0; i < 2 * config.layers(); i++) {
      cache.add(newArray(rows, time, owner));
    }
    return cache;
  }

  private NDArray newArray(int rows, int time, Scope owner) {
    long room = Math.max(1, (time + TIME_UNIT - 1L) / TIME_UNIT) * TIME_UNIT;
    return owner.manager().zeros(new Shape(rows, room * bytesPerPosition / Float.BYTES));
  }

  private static int rows(NDArray array) {
    return Math.toIntExact(array.getShape().get(0));
  }

  private int room(NDArray array) {
    return Math.toIntExact(array.getShape().get(1) * Float.BYTES / bytesPerPosition);
  }

  private static ByteBuffer[] memory(List<NDArray> cache) {
    return cache.stream().map(Torch::bytes).toArray(ByteBuffer[]::new);
  }

  private boolean isValues(int array) {
    return array >= config.layers();
  }

  private void copy(
      int array, NDArray from, int source, NDArray to, int target, int rows, int time) {
    copy(array, from, source, 0, to, target, 0, rows, time);
  }

  /** Positions begin at multiples of {@link #TIME_UNIT}. */
  private void copy(
      int array,
      NDArray from,
      int source,
      int fromFirst,
      NDArray to,
      int target,
      int toFirst,
      int rows,
      int time) {
    NativeKernels.copyRows(
        model(),
        isValues(array),
        Torch.bytes(from),
        room(from),
        source,
        fromFirst,
        Torch.bytes(to),
        room(to),
        target,
        toFirst,
        rows,
        time);
  }

  @Override
  public List<NDArray> grow(List<NDArray> cache, int rows, int time, Scope owner) {
    List<NDArray> grown = new ArrayList<>();
    for (int i = 0; i < cache.size(); i++) {
      NDArray old = cache.get(i);
      NDArray array = newArray(rows, Math.max(time, room(old)), owner);
      copy(i, old, 0, array, 0, Math.min(rows, rows(old)), room(old));
      old.close();
      grown.add(array);
    }
    return grown;
  }

  @Override
  public NDArray row(NDArray hidden, int row, Scope owner) {
    return masters.row(hidden, row, owner);
  }

  @Override
  public NDArray newLogits(int rows, Scope owner) {
    return masters.newLogits(rows, owner);
  }

  @Override
  public boolean keeps() {
    return true;
  }

  @Override
  public boolean checksDrafts() {
    return true;
  }

  @Override
  public int sharedUnit() {
    return TIME_UNIT;
  }

  @Override
  public void branch(List<NDArray> prefixes, int slot, int length, List<NDArray> rows, int row) {
    int shared = shared(length);
    for (int i = 0; i < rows.size() && shared < length; i++) {
      copy(i, prefixes.get(i), slot, shared, rows.get(i), row, 0, 1, length - shared);
    }
  }

  @Override
  public Kept keep(
      List<NDArray> prefixes,
      int slot,
      int shared,
      List<NDArray> rows,
      int row,
      int own,
      Scope owner) {
    List<NDArray> kept = newCache(1, shared + own, owner);
    for (int i = 0; i < kept.size(); i++) {
      copy(i, prefixes.get(i), slot, 0, kept.get(i), 0, 0, 1, shared);
      if (own > 0) {
        copy(i, rows.get(i), row, 0, kept.get(i), 0, shared, 1, own);
      }
    }
    return new Kept(shared + own, kept);
  }

  @Override
  public List<NDArray> prefill(int[][] prompts, int chunk, Scope scope) {
    return prefill(prompts, Collections.nCopies(prompts.length, Optional.empty()), chunk, scope);
  }

  @Override
  public List<NDArray> prefill(
      int[][] prompts, List<Optional<Kept>> known, int chunk, Scope scope) {
    int longest = TokenBatch.longest(prompts);
    int[] lengths = Arrays.stream(prompts).mapToInt(prompt -> prompt.length).toArray();
    int[] starts = known.stream().mapToInt(kept -> kept.map(Kept::length).orElse(0)).toArray();
    long[] tokens =
        IntStream.range(0, prompts.length)
            .flatMap(p -> Arrays.stream(prompts[p], starts[p], lengths[p]))
            .asLongStream()
            .toArray();
    List<NDArray> read = newCache(prompts.length, longest, scope);
    for (int p = 0; p < prompts.length; p++) {
      List<NDArray> there = known.get(p).map(Kept::arrays).orElse(List.of());
      for (int i = 0; i < there.size(); i++) {
        copy(i, there.get(i), 0, read.get(i), p, 1, starts[p]);
      }
    }
    NDArray hidden = scope.manager().zeros(new Shape(prompts.length, config.hiddenSize()));
    int atOnce =
        (int) Math.min(Integer.MAX_VALUE, (long) Math.min(chunk, longest) * prompts.length);
    NativeKernels.prefill(
        model(),
        Torch.threads(),
        tokens,
        lengths,
        starts,
        atOnce,
        memory(read),
        prompts.length,
        room(read.get(0)),
        0,
        Torch.bytes(hidden));
    read.add(hidden);
    return read;
  }

  @Override
  public NDArray nextLogits(int[][] prompts, Scope scope) {
    List<NDArray> read = prefill(prompts, TokenBatch.longest(prompts), scope);
    NDArray logits = newLogits(prompts.length, scope);
    logits(List.of(read.get(read.size() - 1)), logits);
    return logits;
  }

  private void logits(List<NDArray> hidden, NDArray logits) {
    int first = 0;
    for (NDArray some : hidden) {
      NativeKernels.logits(
          model(), Torch.threads(), Torch.bytes(some), rows(some), Torch.bytes(logits), first);
      first += rows(some);
    }
  }

  @Override
  public void fillSlots(List<NDArray> prefixes, List<NDArray> prefilled, int first) {
    for (int i = 0; i < prefixes.size(); i++) {
      NDArray from = prefilled.get(i);
      NDArray to = prefixes.get(i);
      copy(i, from, 0, to, first, rows(from), Math.min(room(from), room(to)));
    }
  }

  @Override
  public void moveRow(List<NDArray> cache, int source, int target, int time) {
    for (int i = 0; i < cache.size(); i++) {
      copy(i, cache.get(i), source, cache.get(i), target, 1, time);
    }
  }

  @Override
  public SampledTokens sampleFirst(
      List<NDArray> hidden,
      long[] owner,
      float[] uniforms,
      SamplingParameters how,
      NDArray logits,
      Scope scope) {
    logits(hidden, logits);
    return draw(logits, owner, uniforms, how, scope);
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
    NativeKernels.decode(
        model(),
        Torch.threads(),
        step.tokens(),
        step.positions(),
        step.own(),
        step.slots(),
        step.rows(),
        step.prefixLengths(),
        memory(prefixes),
        rows(prefixes.get(0)),
        room(prefixes.get(0)),
        memory(cache),
        rows(cache.get(0)),
        room(cache.get(0)),
        Torch.bytes(logits));
    long[] each = LongStream.range(0, step.tokens().length).toArray();
    return draw(logits, each, uniforms, how, scope);
  }

  private SampledTokens draw(
      NDArray logits, long[] owner, float[] uniforms, SamplingParameters how, Scope scope) {
    if (how.hasFilters()) {
      return masters.draw(logits, owner, uniforms, how, scope);
    }
    long[] tokens = new long[owner.length];
    float[] logProbs = new float[owner.length];
    NativeKernels.draw(
        model(),
        Torch.threads(),
        Torch.bytes(logits),
        owner,
        uniforms,
        (float) how.temperature(),
        tokens,
        logProbs);
    float[] sampling = how.temperature() > 0 ? logProbs : sure(logProbs);
    return new SampledTokens(tokens, sampling, logProbs);
  }

  /** Greedy choices are sure of themselves: log-probs of 0. */
  private static float[] sure(float[] logProbs) {
    return new float[logProbs.length];
  }
}
