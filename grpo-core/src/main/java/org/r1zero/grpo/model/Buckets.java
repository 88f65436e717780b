package org.r1zero.grpo.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Which sequences of a {@link TokenBatch} share a rectangle in attention: prompts of similar
 * length, and completions of similar length that follow the same prompt.
 */
final class Buckets {
  /** The most of a rectangle that may be padding. */
  private static final double MAX_PADDING = 0.08;

  private Buckets() {}

  /**
   * Sequences side by side.
   *
   * @param prompt the prompt that the members follow; -1 where they are prompts themselves
   * @param members indices of prompts or completions, the longest first
   * @param time computed tokens of the longest
   */
  record Bucket(int prompt, List<Integer> members, int time) {}

  /** All buckets, prompts first. Every prompt and completion is in one, the empty ones too. */
  static List<Bucket> of(TokenBatch batch) {
    List<Bucket> buckets = new ArrayList<>();
    List<Integer> prompts = IntStream.range(0, batch.prompts().length).boxed().toList();
    split(-1, prompts, p -> batch.prompts()[p].length, buckets);
    for (int p : prompts) {
      int prompt = p;
      List<Integer> own =
          IntStream.range(0, batch.completions().length)
              .filter(c -> batch.owner()[c] == prompt)
              .boxed()
              .toList();
      split(prompt, own, c -> batch.completions()[c].length - 1, buckets);
    }
    return buckets;
  }

  private static void split(
      int prompt, List<Integer> members, IntUnaryOperator length, List<Bucket> buckets) {
    List<Integer> ordered =
        members.stream()
            .sorted(Comparator.comparingInt((Integer m) -> length.applyAsInt(m)).reversed())
            .toList();
    int from = 0;
    while (from < ordered.size()) {
      int time = length.applyAsInt(ordered.get(from));
      long tokens = 0;
      int to = from;
      while (to < ordered.size()) {
        long more = tokens + length.applyAsInt(ordered.get(to));
        if (more < (1 - MAX_PADDING) * time * (to + 1 - from)) {
          break;
        }
        tokens = more;
        to++;
      }
      buckets.add(new Bucket(prompt, List.copyOf(ordered.subList(from, to)), time));
      from = to;
    }
  }
}
