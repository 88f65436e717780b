package org.r1zero.grpo.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import org.r1zero.grpo.torch.Scope;

/**
 * A {@link TokenBatch} as the arrays that {@code decoder.py}'s {@code hidden} takes.
 *
 * @param prompts {@code [P, S]} int64, padded at the end
 * @param completions {@code [C, T]} int64 without each one's last token, which predicts nothing
 * @param positions {@code [P*S + C*T]} int64
 * @param owner {@code [C]} int64
 * @param promptLengths {@code [P]} int64
 * @param wanted {@code [N]} int64: the row whose hidden state predicts each completion token
 * @param targets {@code [N]} int64: the completion tokens
 */
record BatchArrays(
    NDArray prompts,
    NDArray completions,
    NDArray positions,
    NDArray owner,
    NDArray promptLengths,
    NDArray wanted,
    NDArray targets) {

  static BatchArrays of(TokenBatch batch, int maxPositions, Scope scope) {
    int[][] prompts = batch.prompts();
    int[][] completions = batch.completions();
    int promptTime = TokenBatch.longest(prompts);
    int time = TokenBatch.longest(completions) - 1;
    long[] promptTokens = new long[prompts.length * promptTime];
    long[] completionTokens = new long[completions.length * time];
    long[] positions = new long[promptTokens.length + completionTokens.length];
    long[] lengths = new long[prompts.length];
    for (int p = 0; p < prompts.length; p++) {
      lengths[p] = prompts[p].length;
      for (int s = 0; s < promptTime; s++) {
        int at = p * promptTime + s;
        promptTokens[at] = s < prompts[p].length ? prompts[p][s] : 0;
        positions[at] = s;
      }
    }
    long[] owner = new long[completions.length];
    long[] wanted = new long[batch.tokenCount()];
    long[] targets = new long[wanted.length];
    int n = 0;
    for (int c = 0; c < completions.length; c++) {
      int p = batch.owner()[c];
      owner[c] = p;
      int start = prompts[p].length;
      if (start + completions[c].length - 1 > maxPositions) {
        throw new IllegalArgumentException(
            "a sequence of "
                + (start + completions[c].length)
                + " tokens exceeds the model's "
                + "max_position_embeddings "
                + maxPositions);
      }
      for (int t = 0; t < time; t++) {
        int at = c * time + t;
        completionTokens[at] = t < completions[c].length ? completions[c][t] : 0;
        positions[promptTokens.length + at] = Math.min(start + t, maxPositions - 1);
      }
      for (int t = 0; t < completions[c].length; t++) {
        wanted[n] = t == 0 ? p * promptTime + start - 1 : promptTokens.length + c * time + t - 1;
        targets[n++] = completions[c][t];
      }
    }
    return new BatchArrays(
        scope.longs(promptTokens).reshape(new Shape(prompts.length, promptTime)),
        scope.longs(completionTokens).reshape(new Shape(completions.length, time)),
        scope.longs(positions),
        scope.longs(owner),
        scope.longs(lengths),
        scope.longs(wanted),
        scope.longs(targets));
  }
}
