package org.r1zero.grpo.loss;

import java.io.Serializable;
import java.util.List;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.data.Minibatch;
import org.r1zero.grpo.data.Sample;

/**
 * What the weights of tokens are made of. Only tokens of completions that count in the loss are
 * counted, but every completion is.
 *
 * @param samples completions of the update, {@code B}
 * @param tokens counted completion tokens of the update
 * @param tokenShare counted tokens of the whole batch of rollouts, at least 1, divided by the
 *     number of updates that it is split into
 */
public record UpdateSize(int samples, long tokens, double tokenShare) implements Serializable {

  /** The size of one of the updates that a batch of rollouts is split into. */
  public static UpdateSize of(Minibatch update, List<Minibatch> batch) {
    long all = batch.stream().mapToLong(UpdateSize::countedTokens).sum();
    return new UpdateSize(
        update.sampleCount(), countedTokens(update), Math.max(1.0, (double) all) / batch.size());
  }

  private static long countedTokens(Minibatch update) {
    long tokens = 0;
    for (MicroBatch micro : update.micros()) {
      tokens += micro.samples().stream().mapToLong(Sample::countedTokens).sum();
    }
    return tokens;
  }
}
