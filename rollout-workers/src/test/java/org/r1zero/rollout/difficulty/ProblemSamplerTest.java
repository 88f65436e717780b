package org.r1zero.rollout.difficulty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.r1zero.rollout.difficulty.SamplerConfig.Strategy;
import org.r1zero.verify.Problem;

class ProblemSamplerTest {
  private static final int PER_STEP = 8;

  @Test
  void theBanditAsksTheKindThatIsMixedAndNoticesWhenAnotherOneIs() {
    List<Problem> pool = problems(300, i -> i % 3 + 1);
    ProblemSampler sampler = sampler(Strategy.BANDIT);
    double[] rates = {1, 0.5, 0};
    for (int step = 0; step < 15; step++) {
      step(sampler, step, pool, rates);
    }
    assertThat(shareOf(step(sampler, 15, pool, rates), 2)).isGreaterThanOrEqualTo(0.7);
    rates = new double[] {1, 1, 0.5}; // it learned the second kind, and begins to solve the third
    for (int step = 16; step < 60; step++) {
      step(sampler, step, pool, rates);
    }
    List<Problem> late = new ArrayList<>();
    for (int step = 60; step < 65; step++) {
      late.addAll(step(sampler, step, pool, rates));
    }
    assertThat(shareOf(late, 3)).isGreaterThanOrEqualTo(0.6);
  }

  @Test
  void withoutKindsTheBanditComesBackToTheProblemsThatWereMixed() {
    List<Problem> pool = problems(48, i -> 0);
    ProblemSampler sampler = sampler(Strategy.BANDIT);
    int teaching = 0;
    for (int step = 0; step < 40; step++) {
      for (Problem problem : choose(sampler, step, pool)) {
        boolean mixed = number(problem) % 4 == 0;
        sampler.observe(step, problem, mixed ? 0.5 : 0, mixed);
        teaching += step >= 20 && mixed ? 1 : 0;
      }
      sampler.endStep();
    }
    // uniform gives a quarter; twelve problems are mixed, eight are asked in a step
    assertThat(teaching / (20.0 * PER_STEP)).isGreaterThan(0.6);
  }

  @Test
  void theCurriculumGoesFromEasyToHardAndBack() {
    List<Problem> pool = problems(500, i -> i % 5 + 1);
    ProblemSampler sampler = sampler(Strategy.CURRICULUM);
    assertThat(choose(sampler, 0, pool)).allMatch(problem -> difficulty(problem) == 1);
    double reached = 0;
    for (int step = 0; step < 60; step++) {
      choose(sampler, step, pool).forEach(problem -> sampler.observe(0, problem, 1, false));
      double next = sampler.endStep();
      assertThat(next).isBetween(reached, 1.0);
      reached = next;
    }
    assertThat(reached).isEqualTo(1);
    assertThat(choose(sampler, 60, pool)).allMatch(problem -> difficulty(problem) == 5);
    for (int step = 60; step < 120; step++) {
      choose(sampler, step, pool).forEach(problem -> sampler.observe(0, problem, 0, false));
      sampler.endStep();
    }
    assertThat(choose(sampler, 120, pool)).allMatch(problem -> difficulty(problem) == 1);
  }

  @Test
  void aCurriculumOfEquallyHardProblemsAsksThemAllBeforeOneTwice() {
    List<Problem> pool = problems(24, i -> 3);
    ProblemSampler sampler = sampler(Strategy.CURRICULUM);
    List<Problem> asked = new ArrayList<>();
    for (int step = 0; step < 3; step++) {
      List<Problem> some = choose(sampler, step, pool);
      some.forEach(problem -> sampler.observe(0, problem, 1, false));
      asked.addAll(some);
    }
    assertThat(asked).containsExactlyInAnyOrderElementsOf(pool);
  }

  @Test
  void aGivenPassRateIsADifficultyAndOneThatWasObservedStandsInForIt() {
    List<Problem> pool = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      ObjectNode data = JsonNodeFactory.instance.objectNode();
      pool.add(new Problem("p" + i, "q", "", i < 20 ? data.put("pass_rate", i / 19.0) : data));
    }
    ProblemSampler sampler = sampler(Strategy.CURRICULUM);
    for (int i = 20; i < 40; i++) {
      sampler.observe(0, pool.get(i), i < 30 ? 1 : 0, false);
    }
    sampler.restore(new PassRates(0, sampler.state().problems()));
    List<Problem> easy = choose(sampler, 1, pool);
    assertThat(easy).allMatch(problem -> number(problem) == 19 || isIn(problem, 20, 30));
    sampler.restore(new PassRates(1, sampler.state().problems()));
    List<Problem> hard = choose(sampler, 1, pool);
    assertThat(hard).allMatch(problem -> number(problem) == 0 || isIn(problem, 30, 40));
  }

  @ParameterizedTest
  @EnumSource(
      value = Strategy.class,
      names = {"CURRICULUM", "BANDIT"})
  void aRestoredSamplerChoosesTheSame(Strategy strategy) {
    List<Problem> pool = problems(100, i -> i % 4);
    double[] rates = {1, 0.7, 0.3, 0};
    ProblemSampler straight = sampler(strategy);
    ProblemSampler resumed = sampler(strategy);
    for (int step = 0; step < 20; step++) {
      if (step == 10) {
        resumed.restore(straight.state());
        assertThat(resumed.state()).isEqualTo(straight.state());
      }
      List<Problem> some = step(straight, step, pool, rates);
      if (step >= 10) {
        assertThat(step(resumed, step, pool, rates)).isEqualTo(some);
      }
    }
    assertThat(choose(new ProblemSampler(config(strategy), 6), 0, pool))
        .as("another seed, another choice")
        .isNotEqualTo(choose(sampler(strategy), 0, pool));
  }

  @ParameterizedTest
  @EnumSource(
      value = Strategy.class,
      names = {"CURRICULUM", "BANDIT"})
  void noProblemIsAskedTwiceInAStepWhileThereAreOthers(Strategy strategy) {
    List<Problem> pool = problems(5, i -> i);
    ProblemSampler.Round round = sampler(strategy).open(0, 0, Set.of("p3"));
    Set<Integer> first = new HashSet<>(List.of(round.choose(pool), round.choose(pool)));
    assertThat(first).hasSize(2).doesNotContain(3);
    List<Integer> rest = List.of(round.choose(pool), round.choose(pool), round.choose(pool));
    assertThat(rest.subList(0, 2)).doesNotContain(3).doesNotContainAnyElementsOf(first);
    assertThat(rest.get(2)).as("all were asked: once more").isBetween(0, 4);
  }

  @ParameterizedTest
  @EnumSource(
      value = Strategy.class,
      names = {"CURRICULUM", "BANDIT"})
  void aPartThatIsExhaustedLeavesTheOthersTaken(Strategy strategy) {
    List<Problem> all = problems(100, i -> i + 1);
    List<Problem> one = List.copyOf(all.subList(0, 1));
    List<Problem> many = List.copyOf(all.subList(1, 100));
    ProblemSampler.Round round = sampler(strategy).open(0, 0, Set.of());
    List<Integer> asked = new ArrayList<>();
    for (int i = 0; i < PER_STEP; i++) {
      assertThat(round.choose(one)).isZero();
      asked.add(round.choose(many));
    }
    assertThat(asked).doesNotHaveDuplicates();
  }

  @Test
  void observationsFadeByTheStep() {
    ProblemSampler sampler =
        new ProblemSampler(new SamplerConfig(Strategy.UNIFORM, 0.5, 0.5, 1), 1);
    Problem problem = problems(1, i -> 0).get(0);
    sampler.observe(0, problem, 1, false);
    sampler.observe(2, problem, 0.25, true);
    PassRates.Tally tally = Objects.requireNonNull(sampler.state().problems().get("p0"));
    assertThat(tally).isEqualTo(new PassRates.Tally(2, 1.25, 1, 0.5, 2));
    assertThat(tally.passRate()).isEqualTo(0.4);
  }

  @Test
  void everyFaultIsNamed() {
    assertThatThrownBy(() -> new SamplerConfig(Strategy.BANDIT, 0, 1, 2))
        .hasMessageContaining("forgetting must be in (0, 1], was 0.0")
        .hasMessageContaining("target_pass_rate must be in (0, 1), was 1.0")
        .hasMessageContaining("step_size must be in (0, 1], was 2.0");
  }

  private static ProblemSampler sampler(Strategy strategy) {
    return new ProblemSampler(config(strategy), 5);
  }

  private static SamplerConfig config(Strategy strategy) {
    return new SamplerConfig(strategy, 0.9, 0.5, 0.1);
  }

  /** A step of problems whose pass rate follows from their difficulty's place among the rates. */
  private static List<Problem> step(
      ProblemSampler sampler, int step, List<Problem> pool, double[] rates) {
    List<Problem> some = choose(sampler, step, pool);
    for (Problem problem : some) {
      double rate = rates[(difficulty(problem) - 1 + rates.length) % rates.length];
      sampler.observe(step, problem, rate, rate > 0 && rate < 1);
    }
    sampler.endStep();
    return some;
  }

  private static List<Problem> choose(ProblemSampler sampler, int step, List<Problem> pool) {
    ProblemSampler.Round round = sampler.open(step, 0, Set.of());
    return IntStream.range(0, PER_STEP).mapToObj(i -> pool.get(round.choose(pool))).toList();
  }

  private static double shareOf(List<Problem> problems, int difficulty) {
    return problems.stream().filter(p -> difficulty(p) == difficulty).count()
        / (double) problems.size();
  }

  private static boolean isIn(Problem problem, int from, int to) {
    IntPredicate in = i -> i >= from && i < to;
    return in.test(number(problem));
  }

  private static int number(Problem problem) {
    return Integer.parseInt(problem.id().substring(1));
  }

  private static int difficulty(Problem problem) {
    return problem.field("difficulty").asInt();
  }

  private static List<Problem> problems(int count, java.util.function.IntUnaryOperator difficulty) {
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ObjectNode data = JsonNodeFactory.instance.objectNode();
      int level = difficulty.applyAsInt(i);
      problems.add(
          new Problem("p" + i, "q" + i, "", level == 0 ? data : data.put("difficulty", level)));
    }
    return problems;
  }
}
