package org.r1zero.grpo.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Splits the groups of a step into optimizer updates, and those into parts that fit in memory.
 *
 * <p>A group that fits into one part stays together, since its prompt is computed once a part;
 * longest first, so that a lack of memory shows at once.
 *
 * @param minibatches optimizer updates for each pass over a step's rollouts
 * @param maxTokens most tokens of one forward and backward pass, prompts counted once; a single
 *     longer sequence is passed alone
 */
public record BatchPacker(int minibatches, int maxTokens) {
  /**
   * Packs a step.
   *
   * @param groups the samples of each group
   * @param seed decides which groups share an update
   */
  public List<Minibatch> pack(List<List<Sample>> groups, long seed) {
    List<List<Sample>> shuffled = new ArrayList<>(groups);
    if (minibatches > 1) {
      Collections.shuffle(shuffled, new Random(seed));
    }
    List<Minibatch> result = new ArrayList<>();
    int parts = Math.min(minibatches, shuffled.size());
    for (int i = 0; i < parts; i++) {
      int from = i * shuffled.size() / parts;
      int to = (i + 1) * shuffled.size() / parts;
      result.add(new Minibatch(split(shuffled.subList(from, to))));
    }
    return result;
  }

  private List<MicroBatch> split(List<List<Sample>> groups) {
    List<MicroBatch> micros = new ArrayList<>();
    List<Sample> current = new ArrayList<>();
    long tokens = 0;
    for (List<Sample> group : longestFirst(groups)) {
      long whole = group.get(0).prompt().length + completionTokens(group);
      boolean keepTogether = whole <= maxTokens;
      boolean promptIsIn = false;
      for (Sample sample : group) {
        int cost = promptIsIn ? sample.tokens().length : sample.length();
        long needed = keepTogether && !promptIsIn ? whole : cost;
        if (!current.isEmpty() && tokens + needed > maxTokens) {
          micros.add(MicroBatch.of(current));
          current.clear();
          tokens = 0;
          cost = sample.length();
        }
        current.add(sample);
        promptIsIn = true;
        tokens += cost;
      }
    }
    if (!current.isEmpty()) {
      micros.add(MicroBatch.of(current));
    }
    return micros;
  }

  private static List<List<Sample>> longestFirst(List<List<Sample>> groups) {
    List<List<Sample>> ordered = new ArrayList<>();
    for (List<Sample> group : groups) {
      List<Sample> samples = new ArrayList<>(group);
      samples.sort(Comparator.comparingInt(Sample::length).reversed());
      ordered.add(samples);
    }
    ordered.sort(Comparator.comparingInt((List<Sample> g) -> g.get(0).length()).reversed());
    return ordered;
  }

  private static long completionTokens(List<Sample> group) {
    return group.stream().mapToLong(s -> s.tokens().length).sum();
  }
}
