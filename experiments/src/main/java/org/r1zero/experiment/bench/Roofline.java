package org.r1zero.experiment.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.rollout.generation.SamplingConfig;

/**
 * The least time that decoding can take on this machine, measured in the process that decodes: each
 * step's matrix products, at its number of rows, with the weights read from memory as in the real
 * step, and nothing else; those of reading the prompts; and the cache's bytes at the rate at which
 * memory is read. Norms, rotary embedding, softmax and sampling are not in it.
 */
final class Roofline {
  private static final int[] GRID = {1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256};
  private static final int REPEATS = 5;
  private static final long MEMORY_FLOATS = 64L << 20;

  private final DecodingKernels kernels;
  private final Scope scope;
  private final int most;
  private final NavigableMap<Integer, Double> seconds = new TreeMap<>();
  private final int promptTokens;
  private double promptSeconds = Double.MAX_VALUE;
  private double bytesPerSecond;

  /**
   * Sets what is measured.
   *
   * @param most sequences of the largest step
   * @param promptTokens tokens of all prompts, each read once
   */
  Roofline(DecodingKernels kernels, int most, int promptTokens, Scope scope) {
    this.kernels = kernels;
    this.promptTokens = promptTokens;
    this.scope = scope;
    this.most = most;
  }

  /** Measures; a later call keeps what is faster, since other programs can only slow it down. */
  void measure() {
    for (int rows : GRID) {
      if (rows < most) {
        seconds.merge(rows, time(rows, true), Math::min);
      }
    }
    seconds.merge(most, time(most, true), Math::min);
    int portion = Math.min(promptTokens, SamplingConfig.DEFAULT_PREFILL_CHUNK);
    promptSeconds = Math.min(promptSeconds, time(portion, false) * promptTokens / (double) portion);
    bytesPerSecond = Math.max(bytesPerSecond, readMemory());
  }

  private double time(int rows, boolean output) {
    double best = Double.MAX_VALUE;
    for (int i = 0; i <= REPEATS; i++) {
      try (Scope call = scope.open()) {
        long started = System.nanoTime();
        kernels.products(rows, output, call);
        double took = (System.nanoTime() - started) / 1e9;
        best = i == 0 ? best : Math.min(best, took);
      }
    }
    return best;
  }

  private double readMemory() {
    double best = Double.MAX_VALUE;
    try (Scope memory = scope.open()) {
      NDArray array = memory.manager().zeros(new Shape(MEMORY_FLOATS));
      for (int i = 0; i < REPEATS; i++) {
        long started = System.nanoTime();
        array.sum().close();
        best = Math.min(best, (System.nanoTime() - started) / 1e9);
      }
    }
    return MEMORY_FLOATS * Float.BYTES / best;
  }

  /** Seconds of the products of a step of {@code rows}; between measured numbers in proportion. */
  double products(int rows) {
    Map.Entry<Integer, Double> below = seconds.floorEntry(rows);
    Map.Entry<Integer, Double> above = seconds.ceilingEntry(rows);
    if (below == null || above == null) {
      throw new IllegalArgumentException("rows must be in [1, " + most + "], was " + rows);
    }
    if (below.getKey().equals(above.getKey())) {
      return below.getValue();
    }
    double share = (rows - below.getKey()) / (double) (above.getKey() - below.getKey());
    return below.getValue() + share * (above.getValue() - below.getValue());
  }

  /** Seconds of the products that reading all prompts needs. */
  double promptSeconds() {
    return promptSeconds;
  }

  double bytesPerSecond() {
    return bytesPerSecond;
  }
}
