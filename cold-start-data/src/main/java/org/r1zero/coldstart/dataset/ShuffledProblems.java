package org.r1zero.coldstart.dataset;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.r1zero.rollout.ProblemSource;
import org.r1zero.verify.Problem;

/** Goes through a list again and again, each time in another order that the seed decides. */
public final class ShuffledProblems implements ProblemSource {
  private final List<Problem> problems;
  private final long seed;
  private long epoch = -1;
  private List<Problem> order = List.of();

  /** Takes the problems, at least one. */
  public ShuffledProblems(List<Problem> problems, long seed) {
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("there are no problems to train on");
    }
    this.problems = List.copyOf(problems);
    this.seed = seed;
  }

  @Override
  public synchronized Problem problemAt(long place) {
    return orderOf(place / problems.size()).get((int) (place % problems.size()));
  }

  private List<Problem> orderOf(long wanted) {
    if (wanted != epoch) {
      List<Problem> shuffled = new ArrayList<>(problems);
      Collections.shuffle(shuffled, new Random(seed * 1_000_003 + wanted));
      order = shuffled;
      epoch = wanted;
    }
    return order;
  }
}
