package org.r1zero.grpo.loss;

/** How the losses of single tokens become the loss of an update. */
public enum TokenAggregation {
  /** Mean over each completion's tokens, then over completions. Tokens of long ones weigh less. */
  COMPLETION_MEAN,
  /** Sum over each completion's tokens, mean over completions. */
  COMPLETION_SUM,
  /** Sum over tokens, divided by a constant: completions times their limit. */
  COMPLETION_LIMIT,
  /** Mean over the tokens of the update (TRL's local batch). */
  UPDATE_TOKEN_MEAN,
  /** Sum over tokens, divided by the mean token count of the updates that share a batch. */
  BATCH_TOKEN_MEAN;

  /**
   * The weight of one token's loss.
   *
   * @param tokens counted tokens of its completion
   * @param update the update's size
   * @param maxCompletionTokens the limit on new tokens
   */
  double weight(int tokens, UpdateSize update, int maxCompletionTokens) {
    return switch (this) {
      case COMPLETION_MEAN -> 1.0 / Math.max(1, tokens) / update.samples();
      case COMPLETION_SUM -> 1.0 / update.samples();
      case COMPLETION_LIMIT -> 1.0 / maxCompletionTokens / update.samples();
      case UPDATE_TOKEN_MEAN -> 1.0 / Math.max(1, update.tokens());
      case BATCH_TOKEN_MEAN -> 1.0 / Math.max(update.tokenShare(), Double.MIN_NORMAL);
    };
  }
}
