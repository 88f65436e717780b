package org.r1zero.rollout.generation;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.FinishReason;

/** A completion in the making. */
final class Sequence {
  private final int request;
  private final int sample;
  private final long seed;
  private final int[] prompt;
  private final boolean keep;
  private final int[] tokens;
  private final float[] samplingLogProbs;
  private final float[] policyLogProbs;
  private int length;
  private KeyValueCache.@Nullable Slot slot;
  private int prefixLength;
  private boolean begun;

  Sequence(int number, GenerationRequest request, int sample, int maxNewTokens) {
    this.request = number;
    this.sample = sample;
    this.seed = request.seeds()[sample];
    this.prompt = request.prompt();
    this.keep = request.keep();
    int limit = Math.max(request.limit(sample, maxNewTokens), request.startedLength(sample));
    this.tokens = new int[limit];
    this.samplingLogProbs = new float[limit];
    this.policyLogProbs = new float[limit];
    if (!request.started().isEmpty()) {
      Generation before = request.started().get(sample);
      this.length = before.tokens().length;
      System.arraycopy(before.tokens(), 0, tokens, 0, length);
      System.arraycopy(before.samplingLogProbs(), 0, samplingLogProbs, 0, length);
      System.arraycopy(before.policyLogProbs(), 0, policyLogProbs, 0, length);
    }
  }

  /** The prompt with what was sampled already: what has to be read before the next draw. */
  int[] toRead() {
    int[] all = Arrays.copyOf(prompt, prompt.length + length);
    System.arraycopy(tokens, 0, all, prompt.length, length);
    return all;
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

  /** Tokens that it may still draw. */
  int room() {
    return tokens.length - length;
  }

  int promptLength() {
    return prompt.length;
  }

  /** Tokens of the prompt and what was sampled. */
  int textLength() {
    return prompt.length + length;
  }

  /** One of them. */
  int textAt(int position) {
    return position < prompt.length ? prompt[position] : tokens[position - prompt.length];
  }

  /**
   * The number in [0, 1) that decides a token.
   *
   * @param ahead 0 for the next one, 1 for the one after it
   */
  float uniform(int ahead) {
    return Draws.uniform(seed, length + ahead);
  }

  /** The newest token, which has no keys and values in the cache yet. */
  int lastToken() {
    return tokens[length - 1];
  }

  /** Where that token stands; positions before it are in the cache. */
  int lastPosition() {
    return prompt.length + length - 1;
  }

  /** Sets where the keys and values of its first {@code shared} positions are. */
  void place(KeyValueCache.Slot where, int shared) {
    slot = where;
    prefixLength = shared;
  }

  /** Whether its row has what its slot does not share. */
  boolean hasBegun() {
    return begun;
  }

  void begin() {
    begun = true;
  }

  /** Whether its keys and values are wanted when it has finished. */
  boolean isKept(StopCondition stop) {
    return keep && length > 0 && stop.stops(request, sample, tokens, length);
  }

  /** The tokens that have keys and values: all but the newest. */
  int[] known() {
    int[] all = Arrays.copyOf(prompt, prompt.length + length - 1);
    System.arraycopy(tokens, 0, all, prompt.length, length - 1);
    return all;
  }

  KeyValueCache.Slot slot() {
    return requireNonNull(slot, "the sequence was not admitted");
  }

  /**
   * Positions of its row that are filled: what its slot does not share and what it has sampled
   * since, but for the newest token.
   */
  int ownPositions() {
    return lastPosition() - prefixLength;
  }

  void add(int token, float samplingLogProb, float policyLogProb) {
    tokens[length] = token;
    samplingLogProbs[length] = samplingLogProb;
    policyLogProbs[length] = policyLogProb;
    length++;
  }

  boolean isFinished(StopCondition stop) {
    return length == tokens.length || (length > 0 && stop.stops(request, sample, tokens, length));
  }

  Generation finish(StopCondition stop) {
    boolean stopped = length > 0 && stop.stops(request, sample, tokens, length);
    FinishReason reason = stopped ? FinishReason.STOP : FinishReason.LENGTH;
    return new Generation(
        Arrays.copyOf(tokens, length),
        Arrays.copyOf(samplingLogProbs, length),
        Arrays.copyOf(policyLogProbs, length),
        reason);
  }
}
