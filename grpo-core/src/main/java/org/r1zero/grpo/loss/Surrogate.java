package org.r1zero.grpo.loss;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is optimized in place of the expected reward: a loss per token. */
public sealed interface Surrogate extends Serializable
    permits ClippedSurrogate,
        CispoSurrogate,
        SapoSurrogate,
        VespoSurrogate,
        DppoSurrogate,
        ClipCovSurrogate,
        KlCovSurrogate {

  /** Whether it weighs whole completions itself, corrections for the sampler included. */
  default boolean weighsCompletions() {
    return false;
  }

  /**
   * Tokens that are treated apart, chosen among all that are computed together.
   *
   * @param completions the counted tokens of each
   * @param seed of a draw, where there is one
   * @return by completion and token; {@code null} where all are treated alike
   */
  default boolean @Nullable [][] chosen(List<CompletionRatios> completions, long seed) {
    return null;
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
