package org.r1zero.experiment.model;

import java.util.Arrays;
import java.util.Locale;
import org.r1zero.grpo.health.FreeMemory;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.MicroBatchMemory;
import org.r1zero.grpo.model.WeightNames;

/**
 * About how many bytes a model's work takes, from its shape alone.
 *
 * @param config the model's shape
 * @param type what it computes in
 */
public record MemoryEstimate(DecoderConfig config, ComputeType type) {

  /** What Java, libtorch and the tokenizer take beside the model. */
  public static final long PROCESS = 600_000_000;

  /** How many weights there are. */
  public long parameters() {
    return WeightNames.shapes(config).values().stream()
        .mapToLong(shape -> Arrays.stream(shape).reduce(1, (a, b) -> a * b))
        .sum();
  }

  /** The weights in fp32, and the copy that is computed with. */
  public long weights() {
    return 4 * parameters() + copy();
  }

  /** The weights in the type that is computed in. */
  public long copy() {
    return width() * parameters();
  }

  /** Gradients and Adam's two moments of all weights. */
  public long optimizer() {
    return 12 * parameters();
  }

  /** A forward and backward pass over so many tokens. */
  public long activations(long tokens, boolean gradientCheckpointing) {
    return tokens * new MicroBatchMemory(config, type, gradientCheckpointing).bytesPerToken();
  }

  /** The keys and values of one token. */
  public long cachePerToken() {
    return 2L * config.layers() * config.keyValueHeads() * config.headDim() * width();
  }

  private long width() {
    return type == ComputeType.BFLOAT16 ? 2 : 4;
  }

  /**
   * An estimate beside what there is, in words.
   *
   * @param lower what to lower where there is less
   */
  public static String said(long parameters, long bytes, String lower) {
    long free = FreeMemory.bytes();
    return String.format(
        Locale.ROOT,
        "%,.1f million parameters, about %.1f GB of memory%s",
        parameters / 1e6,
        bytes / 1e9,
        free <= 0
            ? ""
            : String.format(
                Locale.ROOT,
                " of %.1f GB free%s",
                free / 1e9,
                bytes > free ? " — MORE THAN THERE IS; lower " + lower : ""));
  }
}
