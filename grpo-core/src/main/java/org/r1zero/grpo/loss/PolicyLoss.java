package org.r1zero.grpo.loss;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
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
 * @param geometricMask leaves out completions far from the sampler; {@code null} for none
 * @param topEntropy leaves out tokens of low entropy
 * @param auxTokenLossCoeff what the cross entropy of observations is multiplied by; 0 for none. For
 *     each completion {@code i} with observed tokens {@code O_i}, of {@code B} in the update,
 *     {@code auxTokenLossCoeff / B * mean(-log p(t), t in O_i)} is added: ECHO (arXiv:2605.24517),
 *     its environment loss, of all rollouts, also those that do not count otherwise
 */
public record PolicyLoss(
    Surrogate surrogate,
    TokenAggregation aggregation,
    ImportanceLevel level,
    KlPenalty kl,
    @Nullable ImportanceCorrection correction,
    @Nullable OffPolicyMask offPolicyMask,
    @Nullable GeometricMask geometricMask,
    TopEntropyMask topEntropy,
    double auxTokenLossCoeff)
    implements Serializable {

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
        null,
        new TopEntropyMask(1),
        0);
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
    List<Counted> all = counted(in);
    for (Counted completion : all) {
      if (completion.tokens.length > 0) {
        add(completion, sums);
      } else {
        measureUncounted(completion.sample, sums.metrics);
      }
      addObservations(completion.sample, completion.from, sums);
    }
    return sums.withEntropyBonus();
  }

  /**
   * A completion's tokens that count: everything that is computed of it is of these alone.
   *
   * @param from where its first token is in the part
   * @param tokens which ones they are
   * @param old log-probs under the old policy, {@code [T]}
   * @param sampling log-probs that they were drawn by, {@code [T]}
   */
  private record Counted(
      Sample sample,
      int from,
      int[] tokens,
      double[] old,
      double[] sampling,
      CompletionRatios ratios) {}

  private List<Counted> counted(LossInputs in) {
    List<Counted> all = new ArrayList<>();
    long seed = 1;
    int from = 0;
    for (Sample sample : in.samples()) {
      all.add(counted(sample, from, in));
      seed = 31 * seed + Arrays.hashCode(sample.tokens());
      from += sample.tokens().length;
    }
    boolean[][] chosen = surrogate.chosen(all.stream().map(Counted::ratios).toList(), seed);
    if (chosen != null) {
      for (int i = 0; i < chosen.length; i++) {
        Counted c = all.get(i);
        CompletionRatios ratios = c.ratios.withChosen(chosen[i]);
        all.set(i, new Counted(c.sample, c.from, c.tokens, c.old, c.sampling, ratios));
      }
    }
    return all;
  }

  private Counted counted(Sample sample, int from, LossInputs in) {
    int[] tokens = sample.counted();
    double[] current = of(tokens, t -> in.current()[from + t]);
    float[] oldOnes = sample.old();
    double[] old = oldOnes == null ? current : of(tokens, t -> oldOnes[t]);
    float[] sampled = sample.samplingOrNan();
    double[] sampling = of(tokens, t -> sampled[t]);
    double[] logRatios = minus(current, old);
    CompletionRatios ratios =
        new CompletionRatios(
            of(tokens, sample::advantage),
            current,
            logRatios,
            level.logWeights(logRatios),
            correction == null ? null : correction.ratios(old, sampling),
            null);
    return new Counted(sample, from, tokens, old, sampling, ratios);
  }

  /** Adds a completion of which something counts. */
  private void add(Counted of, Sums sums) {
    LossInputs in = sums.in;
    int from = of.from;
    int[] counted = of.tokens;
    CompletionRatios completion = of.ratios;
    double[] corrections = completion.corrections();
    TokenTerm[] terms = surrogate.terms(completion);
    surrogate.measure(completion, terms, level.perSequence(), sums.metrics);
    measureRatios(completion, terms, sums.metrics);
    if (correction != null && corrections != null) {
      correction.measure(corrections, sums.metrics);
      correction.measureRaw(correction.rawRatios(of.old, of.sampling), sums.metrics);
    }
    boolean left = offPolicyMask != null && offPolicyMask.isLeft(completion.current(), of.sampling);
    boolean far = false;
    if (geometricMask != null) {
      double mean = geometricMask.mean(completion.current(), of.sampling);
      geometricMask.measure(mean, sums.metrics);
      far = geometricMask.isLeft(mean);
    }
    double weight = aggregation.weight(counted.length, in.update(), in.maxCompletionTokens());
    double[] byLogWeight = new double[counted.length];
    for (int t = 0; t < counted.length; t++) {
      int n = from + counted[t];
      boolean inTop = in.entropies()[n] >= sums.entropyThreshold;
      boolean kept = !far && !(left && completion.advantage(t) < 0);
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
      addKl(of.sample, counted, completion, weight, from, byLogWeight, sums);
    }
    double[] byLogProb = level.backward(byLogWeight);
    for (int t = 0; t < counted.length; t++) {
      sums.gradient[from + counted[t]] += byLogProb[t];
    }
  }

  /** The ratios of policy and old policy before any bound, and the share that a bound stopped. */
  private void measureRatios(CompletionRatios completion, TokenTerm[] terms, LossMetrics metrics) {
    int count = level.perSequence() ? 1 : terms.length; // tokens that share a weight count as one
    for (int t = 0; t < count; t++) {
      double ratio = completion.weight(t);
      metrics.mean("importance_ratio/mean", ratio, 1);
      metrics.min("importance_ratio/min", ratio);
      metrics.max("importance_ratio/max", ratio);
    }
    long cut = Arrays.stream(terms).filter(TokenTerm::isCut).count();
    metrics.mean("importance_ratio/cut", (double) cut, terms.length);
  }

  /** The cross entropy of what an environment said: tokens that the policy did not sample. */
  private void addObservations(Sample sample, int from, Sums sums) {
    float[] sampling = sample.sampling();
    if (auxTokenLossCoeff == 0 || sampling == null) {
      return;
    }
    int[] observed =
        IntStream.range(0, sampling.length).filter(t -> Float.isNaN(sampling[t])).toArray();
    double share = 1.0 / Math.max(1, observed.length) / sums.in.update().samples();
    for (int t : observed) {
      double loss = -sums.in.current()[from + t];
      sums.loss += auxTokenLossCoeff * share * loss;
      sums.gradient[from + t] -= auxTokenLossCoeff * share;
      sums.metrics.mean("aux_token_loss", loss, 1);
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
          new CompletionRatios(
              new double[] {sample.advantage(0)}, zero, zero, zero, corrections, null);
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
