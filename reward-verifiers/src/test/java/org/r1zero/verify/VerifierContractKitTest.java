package org.r1zero.verify;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The contract kit finds the verifiers that break it. */
class VerifierContractKitTest {

  private static final Verdict YES = new Verdict(1, Outcome.CORRECT, "yes");
  private static final Verdict NO = new Verdict(0, Outcome.INCORRECT, "no");

  @Test
  void passesAGoodVerifier() throws Exception {
    Kit kit = new Kit(() -> text -> text.equals("right") ? YES : NO);
    kit.declaresItsNameAndRange();
    kit.tellsRightFromWrong();
    kit.survivesHostileTextInTime();
    kit.givesTheSameVerdictAgain();
    kit.givesTheSameVerdictsToManyThreads();
    kit.keepsNoMemoryOfWhatItJudged();
  }

  @Test
  void findsOneThatThrows() {
    Kit kit = new Kit(() -> text -> text.contains("\uD83D") ? fail() : NO);
    assertThatThrownBy(kit::survivesHostileTextInTime)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("unpaired high surrogate");
  }

  @Test
  void findsOneThatOverflowsTheStack() {
    Kit kit = new Kit(() -> text -> depth(text, 0) > 0 ? NO : YES);
    assertThatThrownBy(kit::survivesHostileTextInTime)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("megabyte of (");
  }

  @Test
  void findsOneThatIsSlow() {
    Kit kit = new Kit(() -> text -> text.length() > 1_000_000 ? sleep() : NO);
    assertThatThrownBy(kit::survivesHostileTextInTime)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("took too long");
  }

  @Test
  void findsAScoreOutOfRange() {
    Kit kit = new Kit(() -> text -> new Verdict(2, Outcome.PARTIAL, "generous"));
    assertThatThrownBy(kit::survivesHostileTextInTime).hasMessageContaining("ScoreRange");
  }

  @Test
  void findsOneThatCallsItsOwnFaultAVerdict() {
    Kit kit = new Kit(() -> text -> new Verdict(0, Outcome.ERROR, "I broke"));
    assertThatThrownBy(kit::survivesHostileTextInTime).hasMessageContaining("ERROR");
  }

  @Test
  void findsOneThatCounts() {
    AtomicInteger calls = new AtomicInteger();
    Kit kit = new Kit(() -> text -> calls.incrementAndGet() % 2 == 0 ? YES : NO);
    assertThatThrownBy(kit::givesTheSameVerdictAgain).isInstanceOf(AssertionError.class);
  }

  @Test
  void findsOneThatSharesAFieldBetweenThreads() {
    Kit kit = new Kit(Racy::new);
    assertThatThrownBy(kit::givesTheSameVerdictsToManyThreads).isInstanceOf(AssertionError.class);
  }

  @Test
  void findsOneThatRemembersEverything() {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    Kit kit = new Kit(() -> text -> seen.add(text) ? NO : YES);
    assertThatThrownBy(kit::keepsNoMemoryOfWhatItJudged).hasMessageContaining("bytes kept");
  }

  @Test
  void findsOneThatAcceptsWhatIsWrong() {
    assertThatThrownBy(new Kit(() -> text -> YES)::tellsRightFromWrong)
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(new Kit(() -> text -> NO)::tellsRightFromWrong)
        .isInstanceOf(AssertionError.class);
  }

  private static Verdict fail() {
    throw new IllegalStateException("can't read that");
  }

  private static int depth(String text, int at) {
    return at < text.length() && text.charAt(at) == '(' ? depth(text, at + 1) : at;
  }

  private static Verdict sleep() {
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return NO;
  }

  /** Keeps the text in a field while it judges. */
  private static final class Racy implements Function<String, Verdict> {

    private String current = "";

    @Override
    public Verdict apply(String text) {
      current = text;
      LockSupport.parkNanos(1000);
      return new Verdict(0, Outcome.PARTIAL, current);
    }
  }

  /** The kit for a rule of text alone. */
  private static final class Kit extends VerifierContractTest {

    private final Supplier<Function<String, Verdict>> rule;

    Kit(Supplier<Function<String, Verdict>> rule) {
      this.rule = rule;
    }

    @Override
    protected Verifier create() {
      Function<String, Verdict> judge = rule.get();
      return new Verifier() {
        @Override
        public String id() {
          return "rule";
        }

        @Override
        public ScoreRange range() {
          return ScoreRange.UNIT;
        }

        @Override
        public Verdict verify(Problem problem, Completion completion) {
          return judge.apply(completion.text());
        }
      };
    }

    @Override
    protected Problem problem() {
      return new Problem("kit/1", "?", "right");
    }

    @Override
    protected List<Completion> right() {
      return List.of(Completion.of("right"));
    }

    @Override
    protected List<Completion> wrong() {
      return List.of(Completion.of("wrong"));
    }

    @Override
    protected Duration limit() {
      return Duration.ofSeconds(3);
    }
  }
}
