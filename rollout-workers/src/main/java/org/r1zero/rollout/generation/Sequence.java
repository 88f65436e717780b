package org.r1zero.rollout.generation;

import java.util.Arrays;
import org.r1zero.verify.FinishReason;

/** A completion in the making. */
final class Sequence {
  private final int request;
  private final int sample;
  private final long seed;
  private final int promptLength;
  private final int[] tokens;
  private final float[] samplingLogProbs;
  private final float[] policyLogProbs;
  private int length;

  Sequence(int request, int sample, long seed, int promptLength, int maxNewTokens) {
    this.request = request;
    this.sample = sample;
    this.seed = seed;
    this.promptLength = promptLength;
    this.tokens = new int[maxNewTokens];
    this.samplingLogProbs = new float[maxNewTokens];
    this.policyLogProbs = new float[maxNewTokens];
  }

  int request() {
    return request;
  }

  int length() {
    return length;
  }

  int sample() {
    return sample;
  }

  /** The number in [0, 1) that decides the next token. */
  float nextUniform() {
    return Draws.uniform(seed, length);
  }

  /** The newest token, which has no keys and values in the cache yet. */
  int lastToken() {
    return tokens[length - 1];
  }

  /** Where that token stands; positions before it are in the cache. */
  int lastPosition() {
    return promptLength + length - 1;
  }

  void add(int token, float samplingLogProb, float policyLogProb) {
    tokens[length] = token;
    samplingLogProbs[length] = samplingLogProb;
    policyLogProbs[length] = policyLogProb;
    length++;
  }

  boolean isFinished(StopCondition stop) {
    return length == tokens.length || stop.stops(tokens, length);
  }

  Generation finish(StopCondition stop) {
    FinishReason reason = stop.stops(tokens, length) ? FinishReason.STOP : FinishReason.LENGTH;
    return new Generation(
        Arrays.copyOf(tokens, length),
        Arrays.copyOf(samplingLogProbs, length),
        Arrays.copyOf(policyLogProbs, length),
        reason);
  }
}
