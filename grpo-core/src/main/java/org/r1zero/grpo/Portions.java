package org.r1zero.grpo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.torch.Torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes parts of an update one by one. Where there is no memory for one, all of them are
 * computed once more in portions of half its size, and so are those of later updates.
 */
class Portions {
  private static final Logger LOG = LoggerFactory.getLogger(Portions.class);

  private int most = Integer.MAX_VALUE;

  /**
   * Computes all parts.
   *
   * @param work on one part
   * @param undo forgets what parts that were computed have left, and a part that failed
   * @return what each portion gave, in the order of their samples
   * @throws IllegalStateException if there is no memory for a single sample
   */
  <T> List<T> compute(List<MicroBatch> parts, Function<MicroBatch, T> work, Runnable undo) {
    while (true) {
      List<T> results = new ArrayList<>();
      Deque<MicroBatch> left = new ArrayDeque<>(parts);
      MicroBatch part = left.peek();
      try {
        while ((part = left.poll()) != null) {
          if (isTooLarge(part)) {
            halves(part).forEach(left::push);
          } else {
            results.add(one(part, work));
          }
        }
        return results;
      } catch (RuntimeException e) {
        if (part == null || !Torch.isOutOfMemory(e)) {
          throw e;
        }
        undo.run();
        shrink(part, e);
      }
    }
  }

  /** Computes a portion. */
  <T> T one(MicroBatch portion, Function<MicroBatch, T> work) {
    return work.apply(portion);
  }

  private void shrink(MicroBatch failed, RuntimeException fault) {
    int tokens = failed.tokens().rowCount();
    if (failed.samples().size() == 1) {
      throw new IllegalStateException(
          "there is no memory to train on one sequence of "
              + failed.samples().get(0).length()
              + " tokens; set gradient_checkpointing: true, or lower sampling.max_new_tokens or"
              + " sampling.kv_cache_mb",
          fault);
    }
    most = Math.max(1, tokens / 2);
    LOG.warn(
        "out of memory for {} tokens at once: from here on a forward and backward pass has at most {};"
            + " micro_batch_tokens should be as low",
        tokens,
        most);
  }

  private boolean isTooLarge(MicroBatch part) {
    return part.samples().size() > 1 && part.tokens().rowCount() > most;
  }

  /** The second half first, to be pushed in this order. */
  private static List<MicroBatch> halves(MicroBatch part) {
    int middle = part.samples().size() / 2;
    return List.of(
        MicroBatch.of(part.samples().subList(middle, part.samples().size())),
        MicroBatch.of(part.samples().subList(0, middle)));
  }
}
