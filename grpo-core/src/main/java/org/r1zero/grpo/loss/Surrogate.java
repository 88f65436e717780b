package org.r1zero.grpo.loss;

/** What is optimized in place of the expected reward: a loss per token. */
public sealed interface Surrogate
    permits ClippedSurrogate, CispoSurrogate, SapoSurrogate, VespoSurrogate {

  /** Whether it weighs whole completions itself, corrections for the sampler included. */
  default boolean weighsCompletions() {
    return false;
  }

  /** The terms of a completion's tokens, {@code [T]}. */
  TokenTerm[] terms(CompletionRatios completion);

  /**
   * Measures a completion's terms under TRL's metric names.
   *
   * @param perSequence whether all tokens share one weight, so that a completion counts once
   */
  void measure(
      CompletionRatios completion, TokenTerm[] terms, boolean perSequence, LossMetrics metrics);
}
