package org.r1zero.rollout.generation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The distribution that a token is drawn from, in double precision, by the definitions of
 * transformers' {@code TemperatureLogitsWarper}, {@code TopKLogitsWarper}, {@code TopPLogitsWarper}
 * and {@code MinPLogitsWarper}, applied in that order.
 */
final class ExactSampling {
  private ExactSampling() {}

  static double[] probabilities(float[] logits, SamplingConfig config) {
    double[] scores = new double[logits.length];
    Arrays.setAll(scores, i -> logits[i] / config.temperature());
    if (config.topK() > 0) {
      double[] sorted = scores.clone();
      Arrays.sort(sorted);
      double least = sorted[Math.max(0, sorted.length - config.topK())];
      remove(scores, i -> scores[i] < least);
    }
    if (config.topP() < 1) {
      double[] p = softmax(scores);
      Integer[] ascending = IntStream.range(0, p.length).boxed().toArray(Integer[]::new);
      Arrays.sort(ascending, Comparator.comparingDouble(i -> p[i]));
      double sum = 0;
      for (int rank = 0; rank < p.length - 1; rank++) {
        sum += p[ascending[rank]];
        if (sum <= 1 - config.topP()) {
          scores[ascending[rank]] = Double.NEGATIVE_INFINITY;
        }
      }
    }
    if (config.minP() > 0) {
      double[] p = softmax(scores);
      double limit = config.minP() * Arrays.stream(p).max().orElseThrow();
      remove(scores, i -> p[i] < limit);
    }
    return softmax(scores);
  }

  static double[] softmax(double[] scores) {
    double max = Arrays.stream(scores).max().orElseThrow();
    double[] p = Arrays.stream(scores).map(s -> Math.exp(s - max)).toArray();
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(v -> v / sum).toArray();
  }

  private static void remove(double[] scores, java.util.function.IntPredicate drop) {
    for (int i : IntStream.range(0, scores.length).filter(drop).toArray()) {
      scores[i] = Double.NEGATIVE_INFINITY;
    }
  }
}
