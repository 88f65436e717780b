package org.r1zero.experiment.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.torch.DeviceClock;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.rollout.generation.SamplingConfig;

/**
 * The least time that decoding can take on this machine, measured in the process that decodes: each
 * step's matrix products, at its number of rows, with the weights read from memory as in the real
 * step, and nothing else; those of reading the prompts; and the cache's bytes at the rate at which
 * memory is read. Norms, rotary embedding, softmax and sampling are not in it.
 *
 * <p>Products are timed again and again between the steps: a machine that others use too is as slow
 * for the limit as for what is compared with it.
 */
final class Roofline {
  private static final long MEMORY_FLOATS = 64L << 20;

  /** A GPU reads the above in a tenth of a millisecond: too short to be timed. */
  private static final long GPU_MEMORY_FLOATS = 1L << 30;

  private static final int MEMORY_TIMINGS = 10;
  private static final int LARGE_TIMINGS = 3;

  /** Rows of products that are large enough for the processor's peak. */
  static final int LARGE_ROWS = 1024;

  private final DecodingKernels kernels;
  private final Scope scope;
  private final DeviceClock clock;
  private final int promptTokens;
  private final int portion;
  private final NavigableMap<Integer, Timings> products = new TreeMap<>();
  private final Timings prompts = new Timings();
  private final Timings memory = new Timings();
  private double largeSeconds = Double.POSITIVE_INFINITY;

  /** How long the same took each time. */
  private static final class Timings {
    private final List<Double> seconds = new ArrayList<>();

    void time(DeviceClock clock, Runnable work) {
      if (seconds.isEmpty()) {
        work.run(); // oneDNN makes its kernels
      }
      long started = clock.nanos();
      work.run();
      seconds.add(clock.secondsSince(started));
    }

    double least() {
      return seconds.stream().mapToDouble(s -> s).min().orElseThrow();
    }

    double mean() {
      return seconds.stream().mapToDouble(s -> s).average().orElseThrow();
    }
  }

  /**
   * Sets what is measured.
   *
   * @param promptTokens tokens of all prompts, each read once
   */
  Roofline(DecodingKernels kernels, int promptTokens, Scope scope) {
    this.kernels = kernels;
    this.promptTokens = promptTokens;
    this.portion = Math.min(promptTokens, SamplingConfig.DEFAULT_PREFILL_CHUNK);
    this.scope = scope;
    this.clock = DeviceClock.of(scope.manager().getDevice());
  }

  /** By which it measures. */
  DeviceClock clock() {
    return clock;
  }

  /** Times the products of a step of {@code rows} once. */
  void timeStep(int rows) {
    products
        .computeIfAbsent(rows, r -> new Timings())
        .time(clock, () -> kernels.products(rows, true, scope));
  }

  /** Whether a step of so many rows was timed. */
  boolean knows(int rows) {
    return products.containsKey(rows);
  }

  /** Times the products of reading the prompts once. */
  void timePrompts() {
    prompts.time(clock, () -> kernels.products(portion, false, scope));
  }

  /** Times reading memory, in an array that the peak of memory should not count. */
  void timeMemory() {
    try (Scope own = scope.open()) {
      NDArray array = own.manager().zeros(new Shape(memoryFloats()));
      for (int i = 0; i < MEMORY_TIMINGS; i++) {
        memory.time(clock, () -> array.sum().close());
      }
    }
  }

  /**
   * Times large products, by the kernels that decode and by others: the fastest of all is the
   * processor's peak.
   *
   * @param others such as libtorch's
   */
  void timeLarge(DecodingKernels others) {
    for (DecodingKernels some : List.of(kernels, others)) {
      Timings large = new Timings();
      for (int i = 0; i < LARGE_TIMINGS; i++) {
        large.time(clock, () -> some.products(LARGE_ROWS, false, scope));
      }
      largeSeconds = Math.min(largeSeconds, large.least());
    }
  }

  /** Seconds of the products of {@value #LARGE_ROWS} rows with the blocks' weights, at best. */
  double largeSeconds() {
    return largeSeconds;
  }

  /** Mean seconds of a step's products; between numbers of rows that were timed in proportion. */
  double stepSeconds(int rows) {
    Map.Entry<Integer, Timings> below = products.floorEntry(rows);
    Map.Entry<Integer, Timings> above = products.ceilingEntry(rows);
    if (below == null || above == null) {
      Map.Entry<Integer, Timings> nearest = below == null ? above : below;
      return nearest.getValue().mean();
    }
    double low = below.getValue().mean();
    int gap = above.getKey() - below.getKey();
    return gap == 0
        ? low
        : low + (above.getValue().mean() - low) * (rows - below.getKey()) / (double) gap;
  }

  /** Mean seconds of the products that reading all prompts needs. */
  double promptSeconds() {
    return prompts.mean() * promptTokens / portion;
  }

  private long memoryFloats() {
    return scope.manager().getDevice().isGpu() ? GPU_MEMORY_FLOATS : MEMORY_FLOATS;
  }

  double bytesPerSecond() {
    return memoryFloats() * Float.BYTES / memory.mean();
  }
}
