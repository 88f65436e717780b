package org.r1zero.grpo.loss;

/** How the losses of single tokens become the loss of an update; TRL's {@code loss_type}. */
public enum TokenAggregation {
  /**
   * Mean over each completion's tokens, then over completions: DeepSeekMath (arXiv:2402.03300),
   * equation 3. Tokens of long completions weigh less.
   */
  GRPO {
    @Override
    double weight(int completionTokens, int samples, int totalTokens, int maxCompletionTokens) {
      return 1.0 / completionTokens / samples;
    }
  },
  /**
   * Mean over all tokens of the update: DAPO (arXiv:2503.14476), equation 8. With several updates a
   * step TRL divides each by the mean token count of the step's updates instead of its own.
   */
  DAPO {
    @Override
    double weight(int completionTokens, int samples, int totalTokens, int maxCompletionTokens) {
      return 1.0 / totalTokens;
    }
  },
  /**
   * Sum over tokens, divided by the completion limit, a constant: Dr. GRPO (arXiv:2503.20783),
   * which removes the bias by length.
   */
  DR_GRPO {
    @Override
    double weight(int completionTokens, int samples, int totalTokens, int maxCompletionTokens) {
      return 1.0 / maxCompletionTokens / samples;
    }
  };

  /**
   * The weight of one token's loss.
   *
   * @param completionTokens tokens of its completion
   * @param samples completions in the update
   * @param totalTokens completion tokens in the update
   * @param maxCompletionTokens the limit on new tokens
   */
  abstract double weight(
      int completionTokens, int samples, int totalTokens, int maxCompletionTokens);
}
