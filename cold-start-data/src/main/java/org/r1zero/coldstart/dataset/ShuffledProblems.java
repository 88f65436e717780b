package org.r1zero.coldstart.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.r1zero.rollout.ProblemSource;
import org.r1zero.verify.Problem;

/**
 * Goes through each part of a data set again and again, each time in another order that the seed
 * decides. Parts take turns so that after any number of problems each has had its weight's share,
 * to within one.
 */
public final class ShuffledProblems implements ProblemSource {
  private final List<Part> parts = new ArrayList<>();

  /** Whose turn each place so far is, and the how many-th of its part's. */
  private int[] turns = new int[256];

  private int[] counts = new int[256];
  private int known;

  /**
   * Takes a data set's problems to train on, at least one.
   *
   * @throws IllegalArgumentException if there is none
   */
  public ShuffledProblems(Dataset dataset, long seed) {
    for (Dataset.Part part : dataset.parts()) {
      if (!part.problems().isEmpty()) {
        parts.add(new Part(part.problems(), part.weight(), seed + 31L * parts.size()));
      }
    }
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("there are no problems to train on");
    }
  }

  @Override
  public synchronized Problem problemAt(long place) {
    if (parts.size() == 1) {
      return parts.get(0).at(place);
    }
    int at = placed(place);
    return parts.get(turns[at]).at(counts[at]);
  }

  @Override
  public synchronized List<Problem> candidates(long place) {
    if (parts.size() == 1) {
      return parts.get(0).problems;
    }
    int at = placed(place);
    return parts.get(turns[at]).problems;
  }

  /** Sees to it that turns are taken up to a place. */
  private int placed(long place) {
    int at = Math.toIntExact(place);
    while (known <= at) {
      takeTurn();
    }
    return at;
  }

  /** The next place goes to the part that is furthest behind its share. */
  private void takeTurn() {
    if (known == turns.length) {
      turns = Arrays.copyOf(turns, 2 * known);
      counts = Arrays.copyOf(counts, 2 * known);
    }
    double total = parts.stream().mapToDouble(part -> part.weight).sum();
    int next = 0;
    double furthest = Double.NEGATIVE_INFINITY;
    for (int p = 0; p < parts.size(); p++) {
      Part part = parts.get(p);
      double behind = part.weight / total * (known + 1) - part.taken;
      if (behind > furthest) {
        furthest = behind;
        next = p;
      }
    }
    turns[known] = next;
    counts[known] = parts.get(next).taken++;
    known++;
  }

  private static final class Part {
    private final List<Problem> problems;
    private final double weight;
    private final long seed;
    private int taken;
    private long epoch = -1;
    private List<Problem> order = List.of();

    Part(List<Problem> problems, double weight, long seed) {
      this.problems = problems;
      this.weight = weight;
      this.seed = seed;
    }

    Problem at(long place) {
      long wanted = place / problems.size();
      if (wanted != epoch) {
        List<Problem> shuffled = new ArrayList<>(problems);
        Collections.shuffle(shuffled, new Random(seed * 1_000_003 + wanted));
        order = shuffled;
        epoch = wanted;
      }
      return order.get((int) (place % problems.size()));
    }
  }
}
