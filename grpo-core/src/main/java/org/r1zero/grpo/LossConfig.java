package org.r1zero.grpo;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.faults.Faults;
import org.r1zero.grpo.loss.CispoSurrogate;
import org.r1zero.grpo.loss.ClipCovSurrogate;
import org.r1zero.grpo.loss.ClippedSurrogate;
import org.r1zero.grpo.loss.DppoSurrogate;
import org.r1zero.grpo.loss.DppoSurrogate.Divergence;
import org.r1zero.grpo.loss.ImportanceLevel;
import org.r1zero.grpo.loss.KlCovSurrogate;
import org.r1zero.grpo.loss.KlEstimator;
import org.r1zero.grpo.loss.KlPenalty;
import org.r1zero.grpo.loss.LossType;
import org.r1zero.grpo.loss.PolicyLoss;
import org.r1zero.grpo.loss.SapoSurrogate;
import org.r1zero.grpo.loss.Surrogate;
import org.r1zero.grpo.loss.TopEntropyMask;
import org.r1zero.grpo.loss.VespoSurrogate;

/**
 * Options of the objective, under TRL's names.
 *
 * @param lossType the surrogate, and how tokens are averaged
 * @param importanceSamplingLevel what importance weights are ratios of
 * @param epsilon lower clip range
 * @param epsilonHigh upper clip range; with {@code cispo}, the largest weight; {@code null} takes
 *     {@code epsilon}
 * @param delta the largest importance weight (two-sided clipping); {@code null} for none
 * @param beta KL coefficient; 0 switches the KL term and the reference policy off
 * @param klEstimator how the KL divergence is estimated
 * @param useBiasCorrectionKl whether the KL term is multiplied by the importance weight
 * @param topEntropyQuantile share of the tokens, by entropy, that the policy's term acts on
 * @param sapoTemperaturePos how soon {@code sapo} closes its gate for positive advantages
 * @param sapoTemperatureNeg how soon {@code sapo} closes its gate for the other advantages
 * @param vespoKPos power of the importance weight in {@code vespo}, for positive advantages
 * @param vespoLambdaPos decay by the importance weight in {@code vespo}, for positive advantages
 * @param vespoKNeg power of the importance weight in {@code vespo}, for negative advantages
 * @param vespoLambdaNeg decay by the importance weight in {@code vespo}, for negative advantages
 * @param divergenceType what {@code dppo} bounds: then {@code epsilon} and {@code epsilon_high} are
 *     the largest divergence (the paper: 0.15 for {@code binary_tv}, 0.05 for {@code binary_kl})
 * @param clipRatioC the largest importance weight in {@code dppo}
 * @param clipCovRatio share of the tokens that {@code clip_cov} leaves out, among those of high
 *     covariance
 * @param clipCovLb the covariance of advantage and log-prob above which {@code clip_cov} may leave
 *     a token out
 * @param clipCovUb the covariance below which it may
 * @param klCovRatio share of the tokens, those of the highest covariance, that {@code kl_cov}
 *     penalises
 * @param ppoKlCoef what the penalty of {@code kl_cov} is multiplied by
 * @param auxTokenLossCoeff what the cross entropy of an environment's observations is multiplied by
 *     (ECHO uses 0.05); 0 for none
 */
public record LossConfig(
    LossType lossType,
    ImportanceLevel importanceSamplingLevel,
    double epsilon,
    @Nullable Double epsilonHigh,
    @Nullable Double delta,
    double beta,
    KlEstimator klEstimator,
    boolean useBiasCorrectionKl,
    double topEntropyQuantile,
    double sapoTemperaturePos,
    double sapoTemperatureNeg,
    double vespoKPos,
    double vespoLambdaPos,
    double vespoKNeg,
    double vespoLambdaNeg,
    Divergence divergenceType,
    double clipRatioC,
    double clipCovRatio,
    double clipCovLb,
    double clipCovUb,
    double klCovRatio,
    double ppoKlCoef,
    double auxTokenLossCoeff) {

  /** Checks the ranges; all faults are named at once. */
  public LossConfig {
    Double high = epsilonHigh;
    double highOrLow = high == null ? epsilon : high;
    Faults faults = new Faults();
    ClippedSurrogate usual = new ClippedSurrogate(0.2, 0.2, null);
    faults.part("", () -> new ClippedSurrogate(epsilon, highOrLow, delta));
    faults.part("", () -> new DppoSurrogate(1, 1, divergenceType, clipRatioC));
    faults.part("", () -> new ClipCovSurrogate(usual, clipCovRatio, clipCovLb, clipCovUb));
    faults.part("", () -> new KlCovSurrogate(klCovRatio, ppoKlCoef));
    faults.require(
        auxTokenLossCoeff >= 0 && Double.isFinite(auxTokenLossCoeff),
        "aux_token_loss_coeff",
        "must be >= 0, was " + auxTokenLossCoeff + " (ECHO uses 0.05)");
    faults.part("", () -> new KlPenalty(beta, klEstimator, useBiasCorrectionKl));
    faults.part("", () -> new TopEntropyMask(topEntropyQuantile));
    faults.part("sapo_", () -> new SapoSurrogate(sapoTemperaturePos, sapoTemperatureNeg));
    faults.part(
        "vespo_", () -> new VespoSurrogate(vespoKPos, vespoLambdaPos, vespoKNeg, vespoLambdaNeg));
    faults.require(
        importanceSamplingLevel == ImportanceLevel.TOKEN || !lossType.weighsTokens(),
        "importance_sampling_level",
        "must be token where loss_type is "
            + lossType.name().toLowerCase(Locale.ROOT)
            + ", was "
            + importanceSamplingLevel.name().toLowerCase(Locale.ROOT));
    faults.check();
  }

  /** Clipped ratios of tokens with DeepSeekMath's KL term, the rest as in {@link #defaults}. */
  public LossConfig(LossType lossType, double epsilon, double epsilonHigh, double beta) {
    this(lossType, epsilon, epsilonHigh, beta, false);
  }

  private LossConfig(
      LossType lossType,
      double epsilon,
      @Nullable Double epsilonHigh,
      double beta,
      boolean useBiasCorrectionKl) {
    this(
        lossType,
        ImportanceLevel.TOKEN,
        epsilon,
        epsilonHigh,
        null,
        beta,
        KlEstimator.K3,
        useBiasCorrectionKl,
        1,
        1.0,
        1.05,
        2,
        3,
        3,
        2,
        Divergence.BINARY_TV,
        20,
        2e-4,
        1,
        5,
        2e-4,
        1,
        0);
  }

  /** TRL's defaults, but GRPO's own averaging. */
  public static LossConfig defaults() {
    return new LossConfig(LossType.GRPO, 0.2, null, 0, true);
  }

  /**
   * The objective that these options describe.
   *
   * @param offPolicy how it treats rollouts of another policy
   * @param klInLoss whether {@code beta} is meant for the loss, not for the reward
   */
  PolicyLoss toLoss(OffPolicyConfig offPolicy, boolean klInLoss) {
    return new PolicyLoss(
        surrogate(),
        lossType.aggregation(),
        importanceSamplingLevel,
        new KlPenalty(klInLoss ? beta : 0, klEstimator, useBiasCorrectionKl),
        offPolicy.correction(),
        offPolicy.mask(),
        offPolicy.geometricMask(),
        new TopEntropyMask(topEntropyQuantile),
        auxTokenLossCoeff);
  }

  private Surrogate surrogate() {
    double high = epsilonHigh == null ? epsilon : epsilonHigh;
    return switch (lossType) {
      case GRPO, BNPO, DR_GRPO, DAPO, LUSPO -> new ClippedSurrogate(epsilon, high, delta);
      case CISPO -> new CispoSurrogate(high);
      case SAPO -> new SapoSurrogate(sapoTemperaturePos, sapoTemperatureNeg);
      case VESPO -> new VespoSurrogate(vespoKPos, vespoLambdaPos, vespoKNeg, vespoLambdaNeg);
      case DPPO -> new DppoSurrogate(epsilon, high, divergenceType, clipRatioC);
      case CLIP_COV ->
          new ClipCovSurrogate(
              new ClippedSurrogate(epsilon, high, null), clipCovRatio, clipCovLb, clipCovUb);
      case KL_COV -> new KlCovSurrogate(klCovRatio, ppoKlCoef);
    };
  }
}
