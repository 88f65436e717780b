package org.r1zero.grpo.model;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.grpo.torch.Scope;

/**
 * A {@link TokenBatch} as {@code decoder.py} takes it. The network computes {@code R} rows without
 * padding: the prompts' tokens, then each completion's tokens but the last, which predicts nothing.
 *
 * <p>Attention alone needs rectangles: sequences of about the same length share one (a bucket),
 * completions only with those of the same prompt, whose keys and values they share.
 *
 * @param tokens {@code [R]} int64
 * @param positions {@code [R]} int64
 * @param buckets six numbers a bucket: its first row, its rows, its sequences, the longest one's
 *     length, the first row of the prompt that they follow and that prompt's length (0 for prompts)
 * @param places for each bucket the place of each of its rows in its rectangle, int64
 * @param sequences four numbers a sequence: its first row, its rows, the first row of the prompt
 *     that it follows and that prompt's length (0 for prompts)
 * @param wanted {@code [N]}: the row whose hidden state predicts each completion token
 * @param targets {@code [N]}: the completion tokens
 */
record BatchPlan(
    NDArray tokens,
    NDArray positions,
    long[] buckets,
    List<NDArray> places,
    long[] sequences,
    NDArray wanted,
    NDArray targets) {

  /** Lays a batch out. */
  static BatchPlan of(TokenBatch batch, int maxPositions, Scope scope) {
    return new Layout(batch, maxPositions).plan(scope);
  }

  /** Rows are handed out bucket by bucket, so that a bucket's rows lie together. */
  private static final class Layout {
    private final TokenBatch batch;
    private final long[] tokens;
    private final long[] positions;
    private final long[][] promptRows;
    private final long[][] completionRows;
    private final List<long[]> buckets = new ArrayList<>();
    private final List<long[]> places = new ArrayList<>();
    private final List<long[]> sequences = new ArrayList<>();
    private int row;

    Layout(TokenBatch batch, int maxPositions) {
      this.batch = batch;
      this.tokens = new long[batch.rowCount()];
      this.positions = new long[tokens.length];
      this.promptRows = new long[batch.prompts().length][];
      this.completionRows = new long[batch.completions().length][];
      for (Buckets.Bucket bucket : Buckets.of(batch)) {
        add(bucket, maxPositions);
      }
    }

    private void add(Buckets.Bucket bucket, int maxPositions) {
      int prefix = bucket.prompt() < 0 ? 0 : batch.prompts()[bucket.prompt()].length;
      long prefixRow = prefix == 0 ? 0 : promptRows[bucket.prompt()][0];
      int first = row;
      List<Long> taken = new ArrayList<>();
      for (int i = 0; i < bucket.members().size(); i++) {
        int member = bucket.members().get(i);
        int[] sequence =
            bucket.prompt() < 0 ? batch.prompts()[member] : batch.completions()[member];
        int length = bucket.prompt() < 0 ? sequence.length : sequence.length - 1;
        requireFits(prefix + sequence.length, maxPositions);
        sequences.add(new long[] {row, length, prefixRow, prefix});
        long[] rows = new long[length];
        for (int t = 0; t < length; t++) {
          taken.add((long) i * bucket.time() + t);
          tokens[row] = sequence[t];
          positions[row] = (long) prefix + t;
          rows[t] = row++;
        }
        (bucket.prompt() < 0 ? promptRows : completionRows)[member] = rows;
      }
      if (row > first) {
        buckets.add(
            new long[] {
              first, row - first, bucket.members().size(), bucket.time(), prefixRow, prefix
            });
        places.add(taken.stream().mapToLong(Long::longValue).toArray());
      }
    }

    private BatchPlan plan(Scope scope) {
      long[] wanted = new long[batch.tokenCount()];
      long[] targets = new long[wanted.length];
      int n = 0;
      for (int c = 0; c < batch.completions().length; c++) {
        long[] prompt = promptRows[batch.owner()[c]];
        for (int t = 0; t < batch.completions()[c].length; t++) {
          wanted[n] = t == 0 ? prompt[prompt.length - 1] : completionRows[c][t - 1];
          targets[n++] = batch.completions()[c][t];
        }
      }
      return new BatchPlan(
          scope.longs(tokens),
          scope.longs(positions),
          flat(buckets),
          places.stream().map(scope::longs).toList(),
          flat(sequences),
          scope.longs(wanted),
          scope.longs(targets));
    }
  }

  private static long[] flat(List<long[]> rows) {
    return rows.stream().flatMapToLong(java.util.Arrays::stream).toArray();
  }

  private static void requireFits(int length, int maxPositions) {
    if (length > maxPositions) {
      throw new IllegalArgumentException(
          String.format(
              "a sequence of %s tokens exceeds the model's max_position_embeddings %s; lower"
                  + " sampling.max_new_tokens",
              length, maxPositions));
    }
  }
}
