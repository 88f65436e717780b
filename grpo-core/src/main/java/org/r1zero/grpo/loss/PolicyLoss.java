package org.r1zero.grpo.loss;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.data.Sample;

/**
 * An objective of policy optimization, computed with its gradient in double precision: it reads and
 * returns one number per token, so it needs no tensors and no autograd. For each token
 *
 * <pre>
 * weight of the token * mask * correction * surrogate(importance weight, advantage)
 *     + weight of the token * beta * KL
 * </pre>
 *
 * @param surrogate what stands for the expected reward
 * @param aggregation how tokens are averaged: gives the weights
 * @param level what importance weights are ratios of
 * @param kl keeps the policy near a reference
 * @param correction for the sampler's distribution; {@code null} for none
 * @param offPolicyMask leaves out stale bad completions; {@code null} for none
 * @param topEntropy leaves out tokens of low entropy
 */
public record PolicyLoss(
    Surrogate surrogate,
    TokenAggregation aggregation,
    ImportanceLevel level,
    KlPenalty kl,
    @Nullable ImportanceCorrection correction,
    @Nullable OffPolicyMask offPolicyMask,
    TopEntropyMask topEntropy) {

  /** Checks what no part can check alone. */
  public PolicyLoss {
    if (surrogate.weighsCompletions() && correction != null && correction.mode().perSequence()) {
      throw new IllegalArgumentException(
          "importance_sampling_mode must be token_truncate or token_mask with loss_type vespo, was "
              + correction.mode().name().toLowerCase(Locale.ROOT));
    }
  }

  /** A surrogate and nothing else. */
  public static PolicyLoss of(Surrogate surrogate, TokenAggregation aggregation) {
    return new PolicyLoss(
        surrogate,
        aggregation,
        ImportanceLevel.TOKEN,
        KlPenalty.none(),
        null,
        null,
        new TopEntropyMask(1));
  }

  /** Whether it compares the policy with a reference policy. */
  public boolean usesReference() {
    return kl.beta() > 0;
  }

  /** Computes the loss of a part of an update. */
  public LossOutput compute(LossInputs in) {
    Sums sums = new Sums(in, topEntropy.threshold(countedEntropies(in)));
    sums.metrics.mean("entropy", 0, 0); // named even where nothing counts
    if (usesReference()) {
      sums.metrics.mean("kl", 0, 0);
    }
    int from = 0;
    for (Sample sample : in.samples()) {
      int[] counted = sample.counted();
      if (counted.length > 0) {
        add(sample, counted, from, sums);
      } else {
        measureUncounted(sample, sums.metrics);
      }
      from += sample.tokens().length;
    }
    return sums.withEntropyBonus();
  }

  /**
   * Adds a completion.
   *
   * @param counted which of its tokens count: everything below is of these alone
   * @param from where its first token is in the part
   */
  private void add(Sample sample, int[] counted, int from, Sums sums) {
    LossInputs in = sums.in;
    double[] current = of(counted, t -> in.current()[from + t]);
    float[] oldOnes = sample.old();
    double[] old = oldOnes == null ? current : of(counted, t -> oldOnes[t]);
    double[] logRatios = minus(current, old);
    float[] sampled = sample.samplingOrNan();
    double[] sampling = of(counted, t -> sampled[t]);
    double[] corrections = correction == null ? null : correction.ratios(old, sampling);
    CompletionRatios completion =
        new CompletionRatios(
            of(counted, sample::advantage),
            current,
            logRatios,
            level.logWeights(logRatios),
            corrections);
    TokenTerm[] terms = surrogate.terms(completion);
    surrogate.measure(completion, terms, level.perSequence(), sums.metrics);
    if (correction != null && corrections != null) {
      correction.measure(corrections, sums.metrics);
    }
    boolean left = offPolicyMask != null && offPolicyMask.isLeft(current, sampling);
    double weight = aggregation.weight(counted.length, in.update(), in.maxCompletionTokens());
    double[] byLogWeight = new double[counted.length];
    for (int t = 0; t < counted.length; t++) {
      int n = from + counted[t];
      boolean inTop = in.entropies()[n] >= sums.entropyThreshold;
      boolean kept = !(left && completion.advantage(t) < 0);
      double share = kept && inTop ? weight : 0;
      if (corrections != null && !surrogate.weighsCompletions()) {
        share *= corrections[t];
      }
      sums.loss += share * terms[t].value();
      byLogWeight[t] = share * terms[t].byLogWeight();
      sums.gradient[n] = share * terms[t].byLogProb();
      sums.addEntropy(n, inTop);
    }
    if (usesReference()) {
      addKl(sample, counted, completion, weight, from, byLogWeight, sums);
    }
    double[] byLogProb = level.backward(byLogWeight);
    for (int t = 0; t < counted.length; t++) {
      sums.gradient[from + counted[t]] += byLogProb[t];
    }
  }

  private void addKl(
      Sample sample,
      int[] counted,
      CompletionRatios completion,
      double weight,
      int from,
      double[] byLogWeight,
      Sums sums) {
    float[] reference = sample.reference();
    if (reference == null) {
      throw new IllegalStateException("beta > 0 needs the reference's log-probs of every sample");
    }
    double scale = weight * kl.beta();
    for (int t = 0; t < counted.length; t++) {
      double d = completion.current()[t] - reference[counted[t]];
      double factor = kl.biasCorrection() ? completion.weight(t) : 1;
      double estimate = factor * kl.estimator().value(d);
      sums.loss += scale * estimate;
      sums.gradient[from + counted[t]] += scale * factor * kl.estimator().slope(d);
      byLogWeight[t] += kl.biasCorrection() ? scale * estimate : 0;
      sums.metrics.mean("kl", estimate, 1);
    }
  }

  /** TRL's means over completions include those that do not count, with ratios of 1. */
  private void measureUncounted(Sample sample, LossMetrics metrics) {
    double[] zero = {0};
    double[] corrections = correction == null ? null : correction.ratios(zero, zero);
    if (correction != null && corrections != null && correction.mode().perSequence()) {
      correction.measure(corrections, metrics);
    }
    if (level.perSequence() || surrogate.weighsCompletions()) {
      CompletionRatios neutral =
          new CompletionRatios(new double[] {sample.advantage(0)}, zero, zero, zero, corrections);
      surrogate.measure(neutral, surrogate.terms(neutral), level.perSequence(), metrics);
    }
  }

  private static float[] countedEntropies(LossInputs in) {
    float[] counted = new float[in.entropies().length];
    int n = 0;
    int from = 0;
    for (Sample sample : in.samples()) {
      for (int t : sample.counted()) {
        counted[n++] = in.entropies()[from + t];
      }
      from += sample.tokens().length;
    }
    return Arrays.copyOf(counted, n);
  }

  private static double[] of(int[] tokens, IntToDoubleFunction value) {
    return Arrays.stream(tokens).mapToDouble(value).toArray();
  }

  private static double[] minus(double[] a, double[] b) {
    double[] out = new double[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = a[i] - b[i];
    }
    return out;
  }
}
