package org.r1zero.grpo.data;

import java.util.List;

/**
 * The samples of one optimizer update, split so that each part fits in memory.
 *
 * @param micros the parts, whose gradients add up
 */
public record Minibatch(List<MicroBatch> micros) {

  /** Fixes the parts. */
  public Minibatch {
    micros = List.copyOf(micros);
  }

  /** Samples in all parts. */
  public int sampleCount() {
    return micros.stream().mapToInt(m -> m.samples().size()).sum();
  }

  /** Completion tokens in all parts. */
  public int tokenCount() {
    return micros.stream().mapToInt(MicroBatch::tokenCount).sum();
  }
}
