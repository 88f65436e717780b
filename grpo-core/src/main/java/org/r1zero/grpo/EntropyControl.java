package org.r1zero.grpo;

/**
 * The coefficient of the entropy bonus from update to update: Skywork-OR1 (arXiv:2505.22312),
 * section 3.3, as TRL has it. After an update whose mean entropy was at or below the target the
 * coefficient grows by {@code entropy_coef_delta}, otherwise it shrinks; the bonus acts only after
 * an update whose entropy was at or below the target, so never in the first.
 */
final class EntropyControl {
  private final EntropyConfig config;
  private State state;
  private double entropySum;
  private long entropyTokens;

  /**
   * What has to be kept for a run to go on.
   *
   * @param coef the coefficient
   * @param lastEntropy mean entropy of the last update; infinite before the first
   */
  record State(double coef, double lastEntropy) {}

  EntropyControl(EntropyConfig config) {
    this.config = config;
    this.state = new State(config.entropyCoef(), Double.POSITIVE_INFINITY);
  }

  State state() {
    return state;
  }

  void restore(State kept) {
    state = kept;
  }

  /** What the update at hand multiplies the entropy by. */
  double applied() {
    boolean acts = !config.useAdaptiveEntropy() || state.lastEntropy <= config.entropyTarget();
    return acts ? state.coef : 0;
  }

  /** Adds the entropies of a part of the update. */
  void add(double sum, long tokens) {
    entropySum += sum;
    entropyTokens += tokens;
  }

  /** Ends the update: the next one's coefficient. */
  void endUpdate() {
    if (config.useAdaptiveEntropy()) {
      double entropy = entropySum / Math.max(1, entropyTokens);
      double coef =
          entropy <= config.entropyTarget()
              ? Math.min(state.coef + config.entropyCoefDelta(), config.entropyCoefMax())
              : Math.max(state.coef - config.entropyCoefDelta(), config.entropyCoefMin());
      state = new State(coef, entropy);
    }
    entropySum = 0;
    entropyTokens = 0;
  }
}
