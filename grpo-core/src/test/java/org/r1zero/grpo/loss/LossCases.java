package org.r1zero.grpo.loss;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.Sample;

/** Inputs of losses, made from flat arrays of log-probs. */
final class LossCases {
  static final int LIMIT = 8;

  private LossCases() {}

  static PolicyLoss clipped(
      TokenAggregation aggregation, double epsilon, double epsilonHigh, double beta) {
    return with(
        new ClippedSurrogate(epsilon, epsilonHigh, null),
        aggregation,
        ImportanceLevel.TOKEN,
        new KlPenalty(beta, KlEstimator.K3, false));
  }

  static PolicyLoss with(
      Surrogate surrogate, TokenAggregation aggregation, ImportanceLevel level, KlPenalty kl) {
    return new PolicyLoss(
        surrogate, aggregation, level, kl, null, null, null, new TopEntropyMask(1), 0);
  }

  /** A completion for each length; all arrays completion after completion, {@code [N]}. */
  static List<Sample> samples(
      int[] lengths,
      double[] advantages,
      float @Nullable [] old,
      float @Nullable [] reference,
      float @Nullable [] sampling) {
    List<Sample> samples = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < lengths.length; i++) {
      float[] own = sampling == null ? new float[lengths[i]] : slice(sampling, from, lengths[i]);
      Rollout rollout = new Rollout(new int[lengths[i]], own, 0, false, 0);
      samples.add(
          Sample.of(new int[] {1}, rollout, advantages[i])
              .withLogProbs(
                  old == null ? null : slice(old, from, lengths[i]),
                  reference == null ? null : slice(reference, from, lengths[i])));
      from += lengths[i];
    }
    return samples;
  }

  private static float[] slice(float[] values, int from, int length) {
    float[] part = new float[length];
    System.arraycopy(values, from, part, 0, length);
    return part;
  }

  /** A whole update at once; entropies are the log-probs without their sign. */
  static LossInputs inputs(List<Sample> samples, float[] current) {
    return inputs(samples, current, 0);
  }

  static LossInputs inputs(List<Sample> samples, float[] current, double entropyCoef) {
    float[] entropies = new float[current.length];
    for (int n = 0; n < entropies.length; n++) {
      entropies[n] = Math.abs(current[n]);
    }
    return new LossInputs(size(samples), samples, current, entropies, LIMIT, entropyCoef);
  }

  static UpdateSize size(List<Sample> samples) {
    long tokens = samples.stream().mapToLong(Sample::countedTokens).sum();
    return new UpdateSize(samples.size(), tokens, Math.max(1, tokens));
  }

  static float[] randomLogProbs(int count, Random random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = -1 - 0.4f * random.nextFloat();
    }
    return values;
  }

  static double mean(LossOutput out, String metric) {
    return out.metrics().means().getOrDefault(metric, Double.NaN);
  }

  static double extreme(LossOutput out, String metric) {
    return out.metrics().extremes().getOrDefault(metric, Double.NaN);
  }
}
