package org.r1zero.verify.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;

class GuardedVerifierTest {

  private static final Problem PROBLEM = new Problem("guard/1", "?", "");
  private static final Verdict GOOD = new Verdict(0.5, Outcome.PARTIAL, "half");

  @Test
  void passesVerdictsOn() {
    assertThat(judge(() -> GOOD)).isEqualTo(GOOD);
  }

  @Test
  void turnsWhatIsThrownIntoAnErrorWithTheDeclaredScore() {
    Verdict thrown = judge(() -> fail(new IllegalStateException("can't")));
    assertThat(thrown.outcome()).isEqualTo(Outcome.ERROR);
    assertThat(thrown.score()).isEqualTo(-0.5);
    assertThat(thrown.reason())
        .isEqualTo("the verifier failed: java.lang.IllegalStateException: can't");
    assertThat(judge(() -> fail(new IllegalArgumentException("problem 7: no gold"))).reason())
        .isEqualTo("the verifier failed: problem 7: no gold");
    assertThat(judge(() -> fail(new NumberFormatException("For input \"x\""))).outcome())
        .isEqualTo(Outcome.ERROR);
    assertThat(judge(GuardedVerifierTest::overflow).reason()).contains("StackOverflowError");
  }

  @Test
  void refusesScoresOutOfRangeAndMissingVerdicts() {
    Verdict wild = judge(() -> new Verdict(7, Outcome.CORRECT, "much"));
    assertThat(wild.outcome()).isEqualTo(Outcome.ERROR);
    assertThat(wild.score()).isEqualTo(-0.5);
    assertThat(wild.reason()).isEqualTo("the score 7.0 is not in ScoreRange[min=-1.0, max=1.0]");
    assertThat(judge(() -> null).reason()).isEqualTo("the verifier gave no verdict");
  }

  @Test
  @Timeout(20)
  void givesUpOnAVerifierThatTakesTooLong() throws InterruptedException {
    CountDownLatch interrupted = new CountDownLatch(1);
    Verdict slow =
        judge(
            () -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
              return GOOD;
            });
    assertThat(slow).isEqualTo(new Verdict(-0.5, Outcome.TIMEOUT, "took longer than 200 ms"));
    interrupted.await(); // the test's own limit fails it if the verifier is not told
  }

  @Test
  @Timeout(60)
  void leavesVerifiersBehindThatDoNotListenAndThenRefusesMore() {
    CountDownLatch end = new CountDownLatch(1);
    GuardedVerifier guarded =
        new GuardedVerifier(new Odd(() -> stubborn(end)), Duration.ofMillis(20));
    try {
      Verdict last = GOOD;
      for (int i = 0; i < 40; i++) {
        last = guarded.verify(PROBLEM, Completion.of("x"));
        assertThat(last.outcome()).isEqualTo(Outcome.TIMEOUT);
      }
      assertThat(last.reason()).startsWith("not judged: too many earlier ones");
    } finally {
      end.countDown();
    }
  }

  @Test
  @Timeout(60)
  void anyNumberOfCallersAreJudgedAtTheSameTime() {
    int callers = 100;
    CountDownLatch all = new CountDownLatch(callers);
    GuardedVerifier guarded =
        new GuardedVerifier(
            new Odd(
                () -> {
                  all.countDown();
                  try {
                    return all.await(30, TimeUnit.SECONDS) ? GOOD : null;
                  } catch (InterruptedException e) {
                    return null;
                  }
                }),
            Duration.ofSeconds(40));
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try {
      List<CompletableFuture<Verdict>> verdicts =
          IntStream.range(0, callers)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () -> guarded.verify(PROBLEM, Completion.of("x")), threads))
              .toList();
      assertThat(verdicts).allSatisfy(verdict -> assertThat(verdict.join()).isEqualTo(GOOD));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void stopsARunAboveTheAllowedShare() {
    Reward good = new Reward(1, Map.of("number", GOOD));
    Reward bad = new Reward(0, Map.of("code", new Verdict(0, Outcome.ERROR, "no python3")));
    FailureLimit quarter = new FailureLimit(0.25);
    quarter.check(List.of(good, good, good, bad));
    quarter.check(List.of());
    assertThatThrownBy(() -> quarter.check(List.of(good, good, bad)))
        .isInstanceOf(RewardFailureException.class)
        .hasMessage(
            "1 of 3 completions could not be judged (33.3 %), more than max_failed_ratio 0.25"
                + " allows; the first: verifier 'code': no python3");
    new FailureLimit(1).check(List.of(bad, bad));
    assertThatThrownBy(() -> new FailureLimit(0).check(List.of(good, bad)))
        .hasMessageContaining("1 of 2");
  }

  @Test
  void scoringConfigChecksItsValues() {
    assertThat(ScoringConfig.defaults()).isEqualTo(new ScoringConfig(0, 60, 0.5));
    assertThat(ScoringConfig.defaults().threadCount()).isPositive();
    assertThat(new ScoringConfig(3, 1, 1).threadCount()).isEqualTo(3);
    assertThatThrownBy(() -> new ScoringConfig(-1, 60, 0.5)).hasMessageContaining("threads must");
    assertThatThrownBy(() -> new ScoringConfig(0, 0, 0.5))
        .hasMessage("timeout_seconds must be in (0, 3600], was 0.0");
    assertThatThrownBy(() -> new ScoringConfig(0, 60, 1.5))
        .hasMessage("max_failed_ratio must be in [0, 1], was 1.5");
  }

  private static Verdict judge(Supplier<@Nullable Verdict> rule) {
    return new GuardedVerifier(new Odd(rule), Duration.ofMillis(200))
        .verify(PROBLEM, Completion.of("x"));
  }

  private static Verdict fail(RuntimeException fault) {
    throw fault;
  }

  private static Verdict overflow() {
    return deeper(0) > 0 ? GOOD : new Verdict(0, Outcome.PARTIAL, "none");
  }

  private static int deeper(int depth) {
    return depth < 0 ? depth : 1 + deeper(depth + 1);
  }

  private static Verdict stubborn(CountDownLatch end) {
    while (true) {
      try {
        end.await();
        return GOOD;
      } catch (InterruptedException e) {
        // It does not listen: that is what is tested.
      }
    }
  }

  /** Does what it is told, wrong or not. */
  private record Odd(Supplier<@Nullable Verdict> rule) implements Verifier {

    @Override
    public String id() {
      return "odd";
    }

    @Override
    public ScoreRange range() {
      return new ScoreRange(-1, 1);
    }

    @Override
    public double failureScore() {
      return -0.5;
    }

    @Override
    @SuppressWarnings("NullAway") // a plug-in without null checks may well do this
    public Verdict verify(Problem problem, Completion completion) {
      return rule.get();
    }
  }
}
