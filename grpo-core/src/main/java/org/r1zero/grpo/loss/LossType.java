package org.r1zero.grpo.loss;

/**
 * TRL's {@code loss_type}: which surrogate is optimized, and how its tokens are averaged.
 *
 * <p>GSPO (arXiv:2507.18071, equation 5) is {@link #GRPO} at {@link ImportanceLevel#SEQUENCE}.
 */
public enum LossType {
  /** DeepSeekMath (arXiv:2402.03300), equation 3: clipped ratios, a mean over each completion. */
  GRPO(TokenAggregation.COMPLETION_MEAN),
  /** The same surrogate, a mean over the tokens of the update. */
  BNPO(TokenAggregation.UPDATE_TOKEN_MEAN),
  /** Dr. GRPO (arXiv:2503.20783): divided by the completion limit, so without bias by length. */
  DR_GRPO(TokenAggregation.COMPLETION_LIMIT),
  /** DAPO (arXiv:2503.14476), equation 8: a mean over the tokens of the batch. */
  DAPO(TokenAggregation.BATCH_TOKEN_MEAN),
  /** MiniMax-M1 (arXiv:2506.13585), equation 4: see {@link CispoSurrogate}. */
  CISPO(TokenAggregation.BATCH_TOKEN_MEAN),
  /** SAPO (arXiv:2511.20347): see {@link SapoSurrogate}. */
  SAPO(TokenAggregation.COMPLETION_MEAN),
  /**
   * LUSPO (arXiv:2602.05261): clipped ratios, summed over each completion, so that long completions
   * weigh more; meant for {@link ImportanceLevel#SEQUENCE}.
   */
  LUSPO(TokenAggregation.COMPLETION_SUM),
  /** VESPO (arXiv:2602.10693): see {@link VespoSurrogate}. */
  VESPO(TokenAggregation.BATCH_TOKEN_MEAN),
  /** DPPO (arXiv:2602.04879): see {@link DppoSurrogate}; TRL's DPPOTrainer, a mean over tokens. */
  DPPO(TokenAggregation.BATCH_TOKEN_MEAN),
  /** Clip-Cov (arXiv:2505.22617): see {@link ClipCovSurrogate}; a mean over tokens, as in verl. */
  CLIP_COV(TokenAggregation.BATCH_TOKEN_MEAN),
  /** KL-Cov (arXiv:2505.22617): see {@link KlCovSurrogate}; a mean over tokens, as in verl. */
  KL_COV(TokenAggregation.BATCH_TOKEN_MEAN);

  private final TokenAggregation aggregation;

  LossType(TokenAggregation aggregation) {
    this.aggregation = aggregation;
  }

  /** Whether it is defined for {@link ImportanceLevel#TOKEN} only. */
  public boolean weighsTokens() {
    return this == DPPO || this == CLIP_COV || this == KL_COV;
  }

  /** How its tokens are averaged. */
  public TokenAggregation aggregation() {
    return aggregation;
  }
}
