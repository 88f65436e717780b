package org.r1zero.rollout.worker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.data.Sample;

/** Deals the parts of an update out to learners, about as many tokens to each. */
final class Shares {
  /** Halves of halves read prompts again and fill no batch. */
  private static final int MOST_PER_LEARNER = 4;

  private static final double GOOD_ENOUGH = 1.1;

  private Shares() {}

  /**
   * Deals out; where that is uneven, the largest parts are halved.
   *
   * @return the parts of each learner, in their order; none for some where there are too few
   *     samples
   */
  static List<List<MicroBatch>> of(List<MicroBatch> parts, int learners) {
    List<MicroBatch> pieces = new ArrayList<>(parts);
    int most = Math.max(parts.size(), MOST_PER_LEARNER * learners);
    while (true) {
      int[] owners = owners(pieces, learners);
      int busiest = busiest(pieces, owners, learners);
      long all = pieces.stream().mapToLong(Shares::cost).sum();
      int largest =
          IntStream.range(0, pieces.size())
              .filter(i -> owners[i] == busiest && pieces.get(i).samples().size() > 1)
              .boxed()
              .max(Comparator.comparingLong(i -> cost(pieces.get(i))))
              .orElse(-1);
      if (largest < 0
          || pieces.size() >= most
          || load(pieces, owners, busiest) <= GOOD_ENOUGH * all / learners) {
        return dealt(pieces, owners, learners);
      }
      MicroBatch whole = pieces.remove(largest);
      pieces.addAll(largest, halves(whole.samples()));
    }
  }

  private static long cost(MicroBatch part) {
    return part.tokens().rowCount();
  }

  /** The costliest first, each to who has least. */
  private static int[] owners(List<MicroBatch> pieces, int learners) {
    int[] owners = new int[pieces.size()];
    long[] loads = new long[learners];
    IntStream.range(0, pieces.size())
        .boxed()
        .sorted(Comparator.comparingLong((Integer i) -> -cost(pieces.get(i))))
        .forEach(
            i -> {
              int least = 0;
              for (int r = 1; r < learners; r++) {
                least = loads[r] < loads[least] ? r : least;
              }
              owners[i] = least;
              loads[least] += cost(pieces.get(i));
            });
    return owners;
  }

  private static long load(List<MicroBatch> pieces, int[] owners, int learner) {
    return IntStream.range(0, owners.length)
        .filter(i -> owners[i] == learner)
        .mapToLong(i -> cost(pieces.get(i)))
        .sum();
  }

  private static int busiest(List<MicroBatch> pieces, int[] owners, int learners) {
    return IntStream.range(0, learners)
        .boxed()
        .max(
            Comparator.comparingLong((Integer r) -> load(pieces, owners, r)).thenComparing(r -> -r))
        .orElse(0);
  }

  private static List<MicroBatch> halves(List<Sample> samples) {
    long all = samples.stream().mapToLong(s -> s.tokens().length).sum();
    int middle = 0;
    for (long sum = 0; middle < samples.size() - 1 && (middle == 0 || 2 * sum < all); middle++) {
      sum += samples.get(middle).tokens().length;
    }
    return List.of(
        MicroBatch.of(samples.subList(0, middle)),
        MicroBatch.of(samples.subList(middle, samples.size())));
  }

  private static List<List<MicroBatch>> dealt(List<MicroBatch> pieces, int[] owners, int learners) {
    List<List<MicroBatch>> shares = new ArrayList<>();
    for (int r = 0; r < learners; r++) {
      int own = r;
      shares.add(
          IntStream.range(0, owners.length)
              .filter(i -> owners[i] == own)
              .mapToObj(pieces::get)
              .toList());
    }
    return shares;
  }
}
