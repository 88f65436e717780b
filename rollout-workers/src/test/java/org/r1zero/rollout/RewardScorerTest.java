package org.r1zero.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.reward.Reward;
import org.r1zero.verify.reward.RewardFailureException;
import org.r1zero.verify.reward.RewardFunction;
import org.r1zero.verify.reward.ScoringConfig;

class RewardScorerTest {
  private static final List<Problem> PROBLEMS =
      List.of(new Problem("p/0", "?", "0"), new Problem("p/1", "?", "1"));

  @Test
  void ordersRewardsByProblemAndSampleWhateverOrderTheyCameIn() {
    RewardScorer scorer = new RewardScorer(RewardScorerTest::length, new ScoringConfig(3, 1, 1));
    RewardScorer.Batch batch = scorer.open(PROBLEMS);
    batch.submit(1, 1, Completion.of("four"));
    batch.submit(0, 1, Completion.of("no"));
    batch.submit(1, 0, Completion.of("yes"));
    batch.submit(0, 0, Completion.of("a"));
    assertThat(batch.rewards().stream().map(g -> g.stream().map(Reward::total).toList()))
        .containsExactly(List.of(1.0, 2.0), List.of(3.0, 4.0));
  }

  @Test
  void scoresWholeGroups() {
    RewardScorer scorer = new RewardScorer(RewardScorerTest::length, ScoringConfig.defaults());
    List<SampledGroup> groups =
        List.of(
            new SampledGroup(
                PROBLEMS.get(0),
                "",
                new int[0],
                List.of(),
                List.of(Completion.of("ab"), Completion.of("a"))));
    assertThat(scorer.score(groups).get(0)).extracting(Reward::total).containsExactly(2.0, 1.0);
  }

  @Test
  @Timeout(60)
  void judgesAsManyAtATimeAsThreadsAndMakesTheGeneratorWaitForTheRest() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger submitted = new AtomicInteger();
    RewardFunction slow =
        (problem, completion) -> {
          running.incrementAndGet();
          await(go);
          return length(problem, completion);
        };
    RewardScorer.Batch batch = new RewardScorer(slow, new ScoringConfig(2, 1, 1)).open(PROBLEMS);
    Thread generator =
        new Thread(
            () -> {
              for (int i = 0; i < 100; i++) {
                batch.submit(0, i, Completion.of("x"));
                submitted.incrementAndGet();
              }
            });
    generator.start();
    while (submitted.get() < 16) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    generator.join(300); // time enough to hand in more, if nothing held it up
    assertThat(submitted).hasValue(16);
    assertThat(running).hasValue(2);
    go.countDown();
    generator.join();
    assertThat(batch.rewards().get(0)).hasSize(100);
  }

  @Test
  void stopsAboveTheAllowedShareOfFailures() {
    RewardFunction failing =
        (problem, completion) ->
            new Reward(0, Map.of("code", new Verdict(0, Outcome.TIMEOUT, "too long")));
    RewardScorer.Batch batch =
        new RewardScorer(failing, new ScoringConfig(2, 1, 0.5)).open(PROBLEMS);
    batch.submit(0, 0, Completion.of("x"));
    assertThatThrownBy(batch::rewards)
        .isInstanceOf(RewardFailureException.class)
        .hasMessageContaining("1 of 1 completions could not be judged")
        .hasMessageContaining("too long");
  }

  @Test
  void passesOnWhatAFunctionThrows() {
    RewardFunction broken =
        (problem, completion) -> {
          throw new UnsupportedOperationException("no rule");
        };
    RewardScorer.Batch batch = new RewardScorer(broken, ScoringConfig.defaults()).open(PROBLEMS);
    batch.submit(0, 0, Completion.of("x"));
    assertThatThrownBy(batch::rewards)
        .hasMessageContaining("no rule")
        .hasCauseInstanceOf(UnsupportedOperationException.class);
  }

  private static Reward length(Problem problem, Completion completion) {
    double score = completion.text().length();
    return new Reward(score, Map.of("length", new Verdict(score, Outcome.CORRECT, problem.id())));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
