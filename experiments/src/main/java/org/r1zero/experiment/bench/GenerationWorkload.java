package org.r1zero.experiment.bench;

import java.util.ArrayList;
import java.util.List;
import org.r1zero.grpo.faults.Faults;
import org.r1zero.rollout.generation.Draws;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.StopCondition;

/**
 * What is sampled in a benchmark: prompts of random token ids, and for each completion the length
 * at which it ends, whatever is sampled. Another program can make the same (see {@code
 * tools/bench/generate_vs_trl.py}).
 *
 * @param problems prompts
 * @param group completions per prompt
 * @param promptTokens tokens per prompt
 * @param newTokens tokens per completion, or the longest where lengths are spread
 * @param lengths how completions' lengths are distributed
 * @param maxBatch most sequences decoded at once
 * @param rounds how often this is sampled
 * @param seed decides every draw
 */
public record GenerationWorkload(
    int problems,
    int group,
    int promptTokens,
    int newTokens,
    Lengths lengths,
    int maxBatch,
    Rounds rounds,
    long seed) {
  /** The shortest completion where lengths are spread. */
  static final int SHORTEST = 16;

  private static final long MULTIPLIER = 6364136223846793005L;
  private static final long INCREMENT = 1442695040888963407L;

  /**
   * How often all is sampled, each time with other prompts.
   *
   * @param warmup before the timed ones: a JVM compiles what is run often, which takes seconds
   * @param timed those that are measured
   */
  public record Rounds(int warmup, int timed) {}

  /** How completions' lengths are distributed. */
  public enum Lengths {
    /** All alike. */
    FIXED,
    /** Log-uniform from 16 to the longest: half of them below its geometric mean, a long tail. */
    SPREAD
  }

  /** Checks the numbers. */
  public GenerationWorkload {
    Faults faults = new Faults();
    faults.atLeast(1, "--problems", problems);
    faults.atLeast(1, "--group", group);
    faults.atLeast(1, "--prompt", promptTokens);
    faults.atLeast(1, "--new", newTokens);
    faults.atLeast(1, "--max-batch", maxBatch);
    faults.atLeast(1, "--rounds", rounds.timed());
    faults.atLeast(0, "--warmup", rounds.warmup());
    faults.require(
        lengths != Lengths.SPREAD || newTokens >= SHORTEST,
        "--new",
        "must be >= " + SHORTEST + " with --lengths spread, was " + newTokens);
    faults.check();
  }

  /** Completions of a round. */
  int sequences() {
    return problems * group;
  }

  /** Completions of all timed rounds. */
  int allSequences() {
    return Math.multiplyExact(rounds.timed(), sequences());
  }

  /** The length of completion {@code sample} of prompt {@code problem}. */
  int length(int problem, int sample) {
    if (lengths == Lengths.FIXED || sequences() == 1) {
      return newTokens;
    }
    // 7919 is a prime: so long as it does not divide the number of sequences, this is a permutation
    long place = (problem * (long) group + sample) * 7919 % sequences();
    double ratio = (double) newTokens / SHORTEST;
    return (int) Math.round(SHORTEST * Math.pow(ratio, place / (sequences() - 1.0)));
  }

  /** Tokens to be sampled in a round. */
  long tokens() {
    long sum = 0;
    for (int p = 0; p < problems; p++) {
      for (int s = 0; s < group; s++) {
        sum += length(p, s);
      }
    }
    return sum;
  }

  /**
   * Positions whose keys and values all decoding steps together have to read: of each sequence what
   * it sampled before, and of each group its prompt, once a step for as long as one of it runs. Of
   * one round.
   */
  long attended() {
    long sum = 0;
    for (int p = 0; p < problems; p++) {
      long most = 0;
      for (int s = 0; s < group; s++) {
        long steps = length(p, s) - 1L;
        most = Math.max(most, steps);
        sum += steps * (steps + 1) / 2;
      }
      sum += most * promptTokens;
    }
    return sum;
  }

  /**
   * Ids in [2, vocabulary), by a linear congruential generator that starts with the problem; each
   * round has problems of its own.
   *
   * @param round from 0, those before timing included
   */
  List<GenerationRequest> requests(int vocabulary, int round) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int p = 0; p < problems; p++) {
      int[] prompt = new int[promptTokens];
      int problem = round * problems + p;
      long state = problem + 1L;
      for (int t = 0; t < promptTokens; t++) {
        state = state * MULTIPLIER + INCREMENT;
        prompt[t] = 2 + (int) ((state >>> 33) % (vocabulary - 2));
      }
      long[] seeds = new long[group];
      for (int s = 0; s < group; s++) {
        seeds[s] = Draws.seed(seed, problem, s);
      }
      requests.add(new GenerationRequest(prompt, seeds));
    }
    return requests;
  }

  SamplingConfig sampling(GenerationDtype dtype) {
    return sampling(dtype, newTokens);
  }

  SamplingConfig sampling(GenerationDtype dtype, int tokens) {
    return new SamplingConfig(1, 0, 1, 0, tokens, List.of(), maxBatch)
        .withQuantization(dtype.quantization());
  }

  StopCondition stop() {
    return new StopCondition() {
      @Override
      public boolean stops(int[] tokens, int length) {
        return false;
      }

      @Override
      public boolean stops(int request, int sample, int[] tokens, int length) {
        return length >= GenerationWorkload.this.length(request, sample);
      }
    };
  }
}
