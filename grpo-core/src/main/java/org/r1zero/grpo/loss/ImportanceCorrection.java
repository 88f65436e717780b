package org.r1zero.grpo.loss;

import java.io.Serializable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.faults.Faults;

/**
 * Corrects for tokens that another distribution than the old policy's sampled: stale weights,
 * another data type, filters. The loss of a token is multiplied by {@code exp(old - sampling)},
 * bounded: truncated importance sampling (https://fengyao.notion.site/off-policy-rl), masked
 * importance sampling (IcePop, arXiv:2510.18855, section 3.1); the same as TRL's {@code
 * vllm_importance_sampling_correction}.
 *
 * @param mode of what the ratio is, and what happens to one out of bounds
 * @param clipMin lower bound; {@code null} for none
 * @param clipMax upper bound; {@code null} for none
 */
public record ImportanceCorrection(Mode mode, @Nullable Double clipMin, @Nullable Double clipMax)
    implements Serializable {

  /** TRL's {@code vllm_importance_sampling_mode}. */
  public enum Mode {
    /** A ratio per token, moved to the bound that it passed. */
    TOKEN_TRUNCATE,
    /** A ratio per token, 0 out of bounds. */
    TOKEN_MASK,
    /** One ratio per completion, moved to the bound that it passed. */
    SEQUENCE_TRUNCATE,
    /** One ratio per completion, 0 out of bounds. */
    SEQUENCE_MASK;

    boolean perSequence() {
      return this == SEQUENCE_TRUNCATE || this == SEQUENCE_MASK;
    }

    boolean truncates() {
      return this == TOKEN_TRUNCATE || this == SEQUENCE_TRUNCATE;
    }
  }

  /** Checks the bounds; all faults are named at once. */
  public ImportanceCorrection {
    Faults faults = new Faults();
    faults.require(
        clipMin == null || clipMax == null || clipMin < clipMax,
        "importance_sampling_clip_min",
        "must be < importance_sampling_clip_max (" + clipMax + "), was " + clipMin);
    faults.require(
        clipMin != null || clipMax != null || !mode.truncates(),
        "importance_sampling_clip_max",
        "must be set where importance_sampling_mode truncates and"
            + " there is no importance_sampling_clip_min (TRL uses 3)");
    faults.check();
  }

  /**
   * The bounded ratios of a completion's tokens, {@code [T]}. A sampling log-prob that is NaN is
   * unknown: its token is not corrected for.
   *
   * @param old log-probs under the old policy, {@code [T]}
   * @param sampling log-probs that the sampler drew by, {@code [T]}
   */
  double[] ratios(double[] old, double[] sampling) {
    return Arrays.stream(rawRatios(old, sampling)).map(this::bounded).toArray();
  }

  /** The same before they are bounded. */
  double[] rawRatios(double[] old, double[] sampling) {
    double[] logs = new double[old.length];
    for (int t = 0; t < logs.length; t++) {
      double log = old[t] - sampling[t];
      logs[t] = Double.isNaN(log) ? 0 : log;
    }
    if (mode.perSequence()) {
      Arrays.fill(logs, Arrays.stream(logs).sum());
    }
    return Arrays.stream(logs).map(CompletionRatios::bounded).toArray();
  }

  private double bounded(double ratio) {
    double least = clipMin == null ? Double.NEGATIVE_INFINITY : clipMin;
    double most = clipMax == null ? Double.POSITIVE_INFINITY : clipMax;
    if (mode.truncates()) {
      return Math.min(Math.max(ratio, least), most);
    }
    return ratio < least || ratio > most ? 0 : ratio;
  }

  /** Measures a counted completion's ratios before they are bounded, and how many are not kept. */
  void measureRaw(double[] raw, LossMetrics metrics) {
    int count = mode.perSequence() ? 1 : raw.length;
    for (int t = 0; t < count; t++) {
      metrics.mean("sampling/raw_importance_sampling_ratio/mean", raw[t], 1);
      metrics.min("sampling/raw_importance_sampling_ratio/min", raw[t]);
      metrics.max("sampling/raw_importance_sampling_ratio/max", raw[t]);
      metrics.mean(
          "sampling/raw_importance_sampling_ratio/cut", bounded(raw[t]) == raw[t] ? 0 : 1, 1);
    }
  }

  /** Measures a counted completion's ratios under TRL's metric names. */
  void measure(double[] ratios, LossMetrics metrics) {
    int count = mode.perSequence() ? 1 : ratios.length;
    for (int t = 0; t < count; t++) {
      metrics.mean("sampling/importance_sampling_ratio/mean", ratios[t], 1);
      metrics.min("sampling/importance_sampling_ratio/min", ratios[t]);
      metrics.max("sampling/importance_sampling_ratio/max", ratios[t]);
    }
  }
}
