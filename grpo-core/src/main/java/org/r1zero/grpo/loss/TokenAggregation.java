package org.r1zero.grpo.loss;

/** How the losses of single tokens become the loss of an update. */
public enum TokenAggregation {
  /** Mean over each completion's tokens, then over completions. Tokens of long ones weigh less. */
  COMPLETION_MEAN {
    @Override
    double weight(int tokens, UpdateSize update, int maxCompletionTokens) {
      return 1.0 / Math.max(1, tokens) / update.samples();
    }
  },
  /** Sum over each completion's tokens, mean over completions. */
  COMPLETION_SUM {
    @Override
    double weight(int tokens, UpdateSize update, int maxCompletionTokens) {
      return 1.0 / update.samples();
    }
  },
  /** Sum over tokens, divided by a constant: completions times their limit. */
  COMPLETION_LIMIT {
    @Override
    double weight(int tokens, UpdateSize update, int maxCompletionTokens) {
      return 1.0 / maxCompletionTokens / update.samples();
    }
  },
  /** Mean over the tokens of the update (TRL's local batch). */
  UPDATE_TOKEN_MEAN {
    @Override
    double weight(int tokens, UpdateSize update, int maxCompletionTokens) {
      return 1.0 / Math.max(1, update.tokens());
    }
  },
  /** Sum over tokens, divided by the mean token count of the updates that share a batch. */
  BATCH_TOKEN_MEAN {
    @Override
    double weight(int tokens, UpdateSize update, int maxCompletionTokens) {
      return 1.0 / Math.max(update.tokenShare(), Double.MIN_NORMAL);
    }
  };

  /**
   * The weight of one token's loss.
   *
   * @param tokens counted tokens of its completion
   * @param update the update's size
   * @param maxCompletionTokens the limit on new tokens
   */
  abstract double weight(int tokens, UpdateSize update, int maxCompletionTokens);
}
