package org.r1zero.rollout.difficulty;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.r1zero.rollout.difficulty.PassRates.Tally;
import org.r1zero.rollout.difficulty.SamplerConfig.Strategy;
import org.r1zero.verify.Problem;

/**
 * Keeps the pass rates of a run and chooses problems by them. A group whose rollouts are all as
 * good as each other has no gradient, so that a problem is worth asking by the chance that its
 * group is mixed.
 *
 * <p>The bandit samples that chance (Thompson sampling) at two levels, since most problems were
 * never asked. A problem's kind is its {@code data_source}, {@code family}, {@code difficulty} and
 * tenth of {@code pass_rate}, as far as the data has them: the arms of Self-Evolving Curriculum
 * (arXiv:2505.14970) and of the Thompson sampler over bins in
 * https://github.com/marin-community/marin/issues/8765. For each place the kind is the one with the
 * largest draw of
 *
 * <pre>
 * c ~ Beta(1 + mixed, 1 + weight - mixed)       sums over the kind's problems
 * </pre>
 *
 * and of its problems the one with the largest draw, made once a round, of
 *
 * <pre>
 * p ~ Beta(mixed + 2 m, weight - mixed + 2 (1 - m))       m is the mean over the kind's problems
 * </pre>
 *
 * (over problems, not over groups, most of which are of those that were chosen), where the sums
 * fade by {@code forgetting} each step, so that what was given up is tried again: a kind that is
 * wrong for a reason that goes away, such as a format, is not starved (the third round of the same
 * issue).
 *
 * <p>The curriculum takes the problems nearest to its difficulty {@code T}, of equally near ones
 * those that were asked least, and moves it after each step by AdaRFT's rule (arXiv:2504.05520):
 * {@code T + step_size * tanh(2 (pass rate - target_pass_rate))}, kept in [0, 1].
 *
 * <p>A choice is a function of the seed, the step and what was observed, so a resumed run makes the
 * same. For one thread at a time.
 */
public final class ProblemSampler {
  /** How many groups the kind counts for, in what is thought of a single problem. */
  private static final double PRIOR_GROUPS = 2;

  /** AdaRFT's sensitivity, alpha. */
  private static final double SENSITIVITY = 2;

  private static final double LEAST_SHAPE = 1e-3;

  private final SamplerConfig config;
  private final long seed;
  private final Map<String, Tally> problems = new HashMap<>();
  private final IdentityHashMap<List<Problem>, Pool> pools = new IdentityHashMap<>();
  private double target;
  private double passed;
  private long groups;

  /** Knows nothing yet. */
  public ProblemSampler(SamplerConfig config, long seed) {
    this.config = config;
    this.seed = seed;
  }

  /** Whether the order of the data decides, and nothing is chosen. */
  public boolean isUniform() {
    return config.strategy() == Strategy.UNIFORM;
  }

  /** Problems that are chosen among, with what never changes of them. */
  private record Pool(List<Problem> problems, String[] kinds, double[] difficulties) {}

  /**
   * Opens a round of choices.
   *
   * @param step whose problems are chosen
   * @param round of the step
   * @param taken ids of the problems that are not chosen again while there are others
   */
  public Round open(long step, int round, Set<String> taken) {
    return new Round(step, round, taken);
  }

  /** Choices that are made at once: no problem twice, while there are enough. */
  public final class Round {
    private final long step;
    private final RandomGenerator random;
    private final Set<String> taken;
    private final IdentityHashMap<List<Problem>, Order> orders = new IdentityHashMap<>();

    private Round(long step, int round, Set<String> taken) {
      this.step = step;
      // near seeds give near numbers, unless they are mixed first
      this.random =
          new Well19937c(new SplittableRandom(seed * 1_000_003 + step * 1_009 + round).nextLong());
      this.taken = new HashSet<>(taken);
    }

    /**
     * Chooses a problem.
     *
     * @param candidates the same list object at every call for the same problems
     * @return its place among them
     */
    public int choose(List<Problem> candidates) {
      Order order = orders.get(candidates);
      if (order == null) {
        Pool pool = pools.computeIfAbsent(candidates, ProblemSampler::pool);
        order = config.strategy() == Strategy.BANDIT ? byDraws(pool) : byDistance(pool);
        orders.put(candidates, order);
      }
      int chosen = order.next(taken, random);
      if (chosen < 0) { // all of these were asked in this step; others have their own
        candidates.forEach(problem -> taken.remove(problem.id()));
        chosen = order.next(taken, random);
      }
      taken.add(candidates.get(chosen).id());
      return chosen;
    }

    private Order byDraws(Pool pool) {
      Map<String, Kind> kinds = new TreeMap<>();
      for (int i = 0; i < pool.problems.size(); i++) {
        kinds
            .computeIfAbsent(pool.kinds[i], k -> new Kind())
            .add(tally(pool, i), tally(pool, i).faded(step, config.forgetting()));
      }
      double[] draws = new double[pool.problems.size()];
      for (int i = 0; i < draws.length; i++) {
        Tally tally = tally(pool, i);
        double faded = tally.faded(step, config.forgetting());
        double mean = kinds.computeIfAbsent(pool.kinds[i], k -> new Kind()).problemMean();
        draws[i] =
            beta(
                random,
                faded * tally.mixed() + PRIOR_GROUPS * mean,
                faded * (tally.weight() - tally.mixed()) + PRIOR_GROUPS * (1 - mean));
      }
      int[] sorted = sorted(draws.length, Comparator.comparingDouble(i -> -draws[i]));
      Map<String, List<Integer>> byKind = new TreeMap<>();
      for (int i : sorted) {
        byKind.computeIfAbsent(pool.kinds[i], k -> new ArrayList<>()).add(i);
      }
      return new Order(pool, byKind, kinds);
    }

    private Order byDistance(Pool pool) {
      double[] distances = new double[pool.problems.size()];
      double[] draws = new double[distances.length];
      for (int i = 0; i < distances.length; i++) {
        double difficulty = pool.difficulties[i];
        if (Double.isNaN(difficulty)) {
          double observed = 1 - tally(pool, i).passRate();
          difficulty = Double.isNaN(observed) ? target : observed;
        }
        distances[i] = Math.abs(difficulty - target);
        draws[i] = random.nextDouble();
      }
      int[] sorted =
          sorted(
              distances.length,
              Comparator.<Integer>comparingDouble(i -> distances[i])
                  .thenComparingLong(i -> tally(pool, i).groups())
                  .thenComparingDouble(i -> draws[i]));
      return new Order(pool, Map.of("", Arrays.stream(sorted).boxed().toList()), Map.of());
    }
  }

  /** What is known of a kind of problems. */
  private static final class Kind {
    private double mixed = 1;
    private double equal = 1;
    private double mixedProblems = 1;
    private double problems = 2;

    void add(Tally tally, double faded) {
      mixed += faded * tally.mixed();
      equal += faded * (tally.weight() - tally.mixed());
      if (tally.weight() > 0) {
        double counts = Math.min(1, faded * tally.weight());
        mixedProblems += counts * tally.mixed() / tally.weight();
        problems += counts;
      }
    }

    /** The chance that a group of one of its problems is mixed, each problem counting once. */
    double problemMean() {
      return mixedProblems / problems;
    }
  }

  /**
   * A pool in the order in which it is chosen from.
   *
   * @param byKind the problems of each kind, the best first
   * @param kinds by name; empty where no kind is drawn
   */
  private record Order(Pool pool, Map<String, List<Integer>> byKind, Map<String, Kind> kinds) {

    /** The best that is not taken, of the kind that is drawn; -1 where all are taken. */
    int next(Set<String> taken, RandomGenerator random) {
      double largest = Double.NEGATIVE_INFINITY;
      int best = -1;
      for (Map.Entry<String, List<Integer>> kind : byKind.entrySet()) {
        Kind known = kinds.get(kind.getKey());
        double draw = known == null ? 0 : beta(random, known.mixed, known.equal);
        if (draw > largest) {
          int first = first(kind.getValue(), taken);
          if (first >= 0) {
            largest = draw;
            best = first;
          }
        }
      }
      return best;
    }

    private int first(List<Integer> ordered, Set<String> taken) {
      return ordered.stream()
          .filter(i -> !taken.contains(pool.problems.get(i).id()))
          .findFirst()
          .orElse(-1);
    }
  }

  /**
   * Notes what came of a problem.
   *
   * @param step that trains its group
   * @param passRate the share of its rollouts that was right
   * @param mixed whether they were not all as good as each other
   */
  public void observe(long step, Problem problem, double passRate, boolean mixed) {
    problems.merge(
        problem.id(),
        Tally.NONE.with(step, passRate, mixed, config.forgetting()),
        (known, first) -> known.with(step, passRate, mixed, config.forgetting()));
    passed += passRate;
    groups++;
  }

  /**
   * Ends a step.
   *
   * @return what a curriculum's difficulty was in it, from 0 to 1; NaN without one
   */
  public double endStep() {
    double was = target;
    if (groups > 0) {
      double above = passed / groups - config.targetPassRate();
      target += config.stepSize() * Math.tanh(SENSITIVITY * above);
      target = Math.max(0, Math.min(1, target));
    }
    passed = 0;
    groups = 0;
    return config.strategy() == Strategy.CURRICULUM ? was : Double.NaN;
  }

  /** Problems that were asked so far. */
  public int asked() {
    return problems.size();
  }

  /** All that is known, between two steps. */
  public PassRates state() {
    return new PassRates(target, problems);
  }

  /** Goes on from there. */
  public void restore(PassRates state) {
    problems.clear();
    problems.putAll(state.problems());
    target = state.target();
    passed = 0;
    groups = 0;
  }

  private Tally tally(Pool pool, int i) {
    return problems.getOrDefault(pool.problems.get(i).id(), Tally.NONE);
  }

  private static double beta(RandomGenerator random, double alpha, double beta) {
    double drawn =
        new BetaDistribution(random, Math.max(alpha, LEAST_SHAPE), Math.max(beta, LEAST_SHAPE))
            .sample();
    return Double.isNaN(drawn) ? 0 : drawn;
  }

  private static int[] sorted(int count, Comparator<Integer> by) {
    return IntStream.range(0, count).boxed().sorted(by).mapToInt(i -> i).toArray();
  }

  private static Pool pool(List<Problem> problems) {
    String[] kinds = new String[problems.size()];
    double[] difficulties = new double[kinds.length];
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < kinds.length; i++) {
      Problem problem = problems.get(i);
      double passRate = number(problem.field("pass_rate"));
      double difficulty = number(problem.field("difficulty"));
      kinds[i] =
          String.join(
              "/",
              problem.field("data_source").asText(),
              problem.field("family").asText(),
              problem.field("difficulty").asText(),
              Double.isNaN(passRate) ? "" : String.valueOf((int) (10 * passRate)));
      difficulties[i] = Double.isNaN(passRate) ? difficulty : 1 - passRate;
      if (Double.isNaN(passRate) && !Double.isNaN(difficulty)) {
        least = Math.min(least, difficulty);
        most = Math.max(most, difficulty);
      }
    }
    for (int i = 0; i < kinds.length; i++) {
      if (Double.isNaN(number(problems.get(i).field("pass_rate")))) {
        double range = most - least;
        difficulties[i] = range > 0 ? (difficulties[i] - least) / range : difficulties[i] * 0;
      }
    }
    return new Pool(problems, kinds, difficulties);
  }

  /** A number, also one that is written as a text; NaN where there is none. */
  private static double number(JsonNode node) {
    if (node.isNumber()) {
      return node.doubleValue();
    }
    try {
      return node.isTextual() ? Double.parseDouble(node.textValue()) : Double.NaN;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
