package org.r1zero.grpo.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import org.r1zero.grpo.torch.Scope;

/**
 * A {@link TokenBatch} as the arrays that {@code decoder.py}'s {@code hidden} takes, all int64. The
 * network computes {@code R} rows without padding: the prompts' tokens, then each completion's
 * tokens but the last, which predicts nothing.
 *
 * @param tokens {@code [R]}
 * @param positions {@code [R]}
 * @param promptSlots {@code [P, S]}: the row at each place of the prompts' rectangle
 * @param slots {@code [C, T]}: the row at each place of the completions' rectangle
 * @param real {@code [R]}: each row's place among the {@code P*S + C*T}
 * @param owner {@code [C]}
 * @param promptLengths {@code [P]}
 * @param wanted {@code [N]}: the row whose hidden state predicts each completion token
 * @param targets {@code [N]}: the completion tokens
 */
record BatchArrays(
    NDArray tokens,
    NDArray positions,
    NDArray promptSlots,
    NDArray slots,
    NDArray real,
    NDArray owner,
    NDArray promptLengths,
    NDArray wanted,
    NDArray targets) {

  static BatchArrays of(TokenBatch batch, int maxPositions, Scope scope) {
    int[][] prompts = batch.prompts();
    int[][] completions = batch.completions();
    int promptTime = TokenBatch.longest(prompts);
    int time = TokenBatch.longest(completions) - 1;
    int rows = batch.rowCount();
    long[] tokens = new long[rows];
    long[] positions = new long[rows];
    long[] real = new long[rows];
    long[] promptSlots = new long[prompts.length * promptTime];
    long[] slots = new long[completions.length * time];
    long[] lengths = new long[prompts.length];
    long[] lastRow = new long[prompts.length];
    int row = 0;
    for (int p = 0; p < prompts.length; p++) {
      lengths[p] = prompts[p].length;
      for (int s = 0; s < prompts[p].length; s++) {
        tokens[row] = prompts[p][s];
        positions[row] = s;
        real[row] = (long) p * promptTime + s;
        promptSlots[p * promptTime + s] = row++;
      }
      lastRow[p] = row - 1L;
    }
    long[] owner = new long[completions.length];
    long[] wanted = new long[batch.tokenCount()];
    long[] targets = new long[wanted.length];
    int n = 0;
    for (int c = 0; c < completions.length; c++) {
      int p = batch.owner()[c];
      int start = prompts[p].length;
      requireFits(start + completions[c].length, maxPositions);
      owner[c] = p;
      for (int t = 0; t < completions[c].length; t++) {
        wanted[n] = t == 0 ? lastRow[p] : row - 1;
        targets[n++] = completions[c][t];
        if (t < completions[c].length - 1) {
          tokens[row] = completions[c][t];
          positions[row] = (long) start + t;
          real[row] = promptSlots.length + (long) c * time + t;
          slots[c * time + t] = row++;
        }
      }
    }
    return new BatchArrays(
        scope.longs(tokens),
        scope.longs(positions),
        scope.longs(promptSlots).reshape(new Shape(prompts.length, promptTime)),
        scope.longs(slots).reshape(new Shape(completions.length, time)),
        scope.longs(real),
        scope.longs(owner),
        scope.longs(lengths),
        scope.longs(wanted),
        scope.longs(targets));
  }

  private static void requireFits(int length, int maxPositions) {
    if (length > maxPositions) {
      throw new IllegalArgumentException(
          "a sequence of "
              + length
              + " tokens exceeds the model's max_position_embeddings "
              + maxPositions
              + "; lower sampling.max_new_tokens");
    }
  }
}
