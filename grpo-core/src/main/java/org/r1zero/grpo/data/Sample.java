package org.r1zero.grpo.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A completion as training sees it: with all that is known before the first update.
 *
 * @param prompt token ids, the same array object for all samples of a group
 * @param tokens the completion's token ids, {@code [T]}, at least one
 * @param advantages how much better each token was than expected, {@code [T]}; {@code [1]} where
 *     all tokens share one, as with a reward for the whole completion
 * @param mask which tokens have a part in the loss, {@code [T]}; {@code null} where all do. A
 *     sample of which none does still has a part in its group's baseline
 * @param sampling log-probs that the sampler drew the tokens by, without filters, {@code [T]}; NaN
 *     for a token that it did not draw; {@code null} where the tokens were not sampled
 * @param old log-probs under the policy before the first update on this batch, {@code [T]}; {@code
 *     null} where that is the policy at hand, so that they equal the current ones
 * @param reference log-probs under the reference policy, {@code [T]}; {@code null} without one
 */
public record Sample(
    int[] prompt,
    int[] tokens,
    double[] advantages,
    boolean @Nullable [] mask,
    float @Nullable [] sampling,
    float @Nullable [] old,
    float @Nullable [] reference)
    implements Serializable {

  /** Checks that there is a value for each token. */
  public Sample {
    int length = tokens.length;
    boolean fits =
        (advantages.length == 1 || advantages.length == length)
            && (mask == null || mask.length == length)
            && (sampling == null || sampling.length == length)
            && (old == null || old.length == length)
            && (reference == null || reference.length == length);
    if (!fits) {
      throw new IllegalArgumentException(
          "a sample needs advantages, mask and log-probs for each of its " + length + " tokens");
    }
  }

  /** A rollout whose tokens all count and share one advantage, under one policy only. */
  public static Sample of(int[] prompt, Rollout rollout, double advantage) {
    return new Sample(
        prompt,
        rollout.tokens(),
        new double[] {advantage},
        null,
        rollout.policyLogProbs(),
        null,
        null);
  }

  /** A completion to be learned as it is: supervised training. */
  public static Sample toLearn(int[] prompt, int[] completion) {
    return new Sample(prompt, completion, new double[] {1}, null, null, null, null);
  }

  /** The same with another advantage, for all tokens or for each. */
  public Sample withAdvantages(double... values) {
    return new Sample(prompt, tokens, values, mask, sampling, old, reference);
  }

  /** The same with another mask. */
  public Sample withMask(boolean @Nullable [] values) {
    return new Sample(prompt, tokens, advantages, values, sampling, old, reference);
  }

  /** The same with log-probs under other policies. */
  public Sample withLogProbs(float @Nullable [] underOld, float @Nullable [] underReference) {
    return new Sample(prompt, tokens, advantages, mask, sampling, underOld, underReference);
  }

  /** How much better a token was than expected. */
  public double advantage(int token) {
    return advantages[advantages.length == 1 ? 0 : token];
  }

  /** Whether a token has a part in the loss. */
  public boolean counts(int token) {
    return mask == null || mask[token];
  }

  /** The tokens that have a part in the loss, in order. */
  public int[] counted() {
    return IntStream.range(0, tokens.length).filter(this::counts).toArray();
  }

  /** How many tokens have a part in the loss. */
  public int countedTokens() {
    return mask == null ? tokens.length : counted().length;
  }

  /** How many of the tokens from one place to before another have a part in the loss. */
  public int countedTokens(int from, int to) {
    return (int) IntStream.range(from, to).filter(this::counts).count();
  }

  /** Tokens of prompt and completion. */
  public int length() {
    return prompt.length + tokens.length;
  }

  /** What the sampler drew each token by; NaN where that is unknown, {@code [T]}. */
  public float[] samplingOrNan() {
    if (sampling != null) {
      return sampling;
    }
    float[] unknown = new float[tokens.length];
    Arrays.fill(unknown, Float.NaN);
    return unknown;
  }
}
