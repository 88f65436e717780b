package org.r1zero.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The contract of {@link Verifier} as tests: a verifier's own test class extends this one and says
 * how to make the verifier, a problem for it, and completions that are right and wrong.
 *
 * <p>Checked are its four duties: it never throws on any completion text, it is deterministic, it
 * is thread-safe, it is bounded in time and memory; and that every score is in its declared range.
 * The texts are those of {@link HostileText}, alone and where verifiers look for answers: in answer
 * tags, in a box and in a code fence.
 *
 * <p>This class is in the test-jar of {@code reward-verifiers}, for plug-ins too.
 */
public abstract class VerifierContractTest {

  private static final int THREADS = 4;
  private static final int ROUNDS = 3;
  private static final int MAX_RETAINED_BYTES = 8 << 20;
  private static final int LEAK_TEXT_REPEATS = 1000;

  private static final List<UnaryOperator<String>> PLACES =
      List.of(
          text -> text,
          text -> "<think> so </think> <answer>" + text + "</answer>",
          text -> "So the answer is \\boxed{" + text + "}",
          text -> "```python\n" + text + "\n```");

  /** Makes the verifier to be checked, a new one at every call. */
  protected abstract Verifier create();

  /** A problem that the verifier can judge. */
  protected abstract Problem problem();

  /** Completions that it should find {@link Outcome#CORRECT}; at least one. */
  protected abstract List<Completion> right();

  /** Completions that it should not find correct, and give less than any right one. */
  protected abstract List<Completion> wrong();

  /** The longest time for one text; far above what is usual, since machines may be busy. */
  protected Duration limit() {
    return Duration.ofSeconds(10);
  }

  /** The texts to survive; override where a verifier's own format suggests more. */
  protected List<HostileText> hostile() {
    return HostileText.corpus();
  }

  /** The hostile texts that are judged often; lower it for a verifier that is slow. */
  protected List<HostileText> everydayHostile() {
    return HostileText.small();
  }

  /** Where in a completion the texts are put; override where a verifier reads other places. */
  protected List<UnaryOperator<String>> places() {
    return PLACES;
  }

  /** How many texts show that memory does not grow; lower it for a verifier that is slow. */
  protected int manyTexts() {
    return 2000;
  }

  @Test
  final void declaresItsNameAndRange() {
    Verifier verifier = create();
    assertThat(verifier.id()).matches("[a-z0-9][a-z0-9_-]*").isEqualTo(create().id());
    assertThat(verifier.range()).isEqualTo(create().range());
  }

  @Test
  final void tellsRightFromWrong() {
    Verifier verifier = create();
    assertThat(right()).as("right completions").isNotEmpty();
    assertThat(wrong()).as("wrong completions").isNotEmpty();
    double lowestRight = Double.POSITIVE_INFINITY;
    for (Completion completion : right()) {
      Verdict verdict = judge(verifier, completion, completion.text());
      assertThat(verdict.outcome()).as("%s: %s", completion, verdict).isEqualTo(Outcome.CORRECT);
      lowestRight = Math.min(lowestRight, verdict.score());
    }
    for (Completion completion : wrong()) {
      Verdict verdict = judge(verifier, completion, completion.text());
      assertThat(verdict.outcome()).as("%s: %s", completion, verdict).isNotEqualTo(Outcome.CORRECT);
      assertThat(verdict.score()).as("%s: %s", completion, verdict).isLessThan(lowestRight);
    }
  }

  @Test
  @Tag("slow")
  final void survivesHostileTextInTime() {
    Verifier verifier = create();
    for (HostileText hostile : hostile()) {
      for (UnaryOperator<String> place : places()) {
        Completion completion = sampled(place.apply(hostile.text().get()));
        assertTimeoutPreemptively(
            limit(),
            () -> judge(verifier, completion, hostile.name()),
            () -> "judging took too long: " + hostile.name());
      }
    }
  }

  @Test
  final void givesTheSameVerdictAgain() {
    Verifier first = create();
    Verifier second = create();
    for (Completion completion : everyday()) {
      Verdict verdict = first.verify(problem(), completion);
      assertThat(first.verify(problem(), completion)).as("%s", completion).isEqualTo(verdict);
      assertThat(second.verify(problem(), completion)).as("%s", completion).isEqualTo(verdict);
    }
  }

  @Test
  final void givesTheSameVerdictsToManyThreads() throws Exception {
    Verifier verifier = create();
    List<Completion> completions = everyday();
    List<Verdict> alone = completions.stream().map(c -> verifier.verify(problem(), c)).toList();
    Verifier shared = create();
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        Random random = new Random(t);
        running.add(pool.submit(() -> judgeShuffled(shared, completions, alone, random)));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("judging in parallel failed", e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  final void keepsNoMemoryOfWhatItJudged() {
    Verifier verifier = create();
    judgeMany(verifier, manyTexts() / 10, "warm-up ");
    long before = usedBytes();
    judgeMany(verifier, manyTexts(), "text ");
    long kept = usedBytes() - before;
    assertThat(kept)
        .as("bytes kept after %d texts of about 9000 characters", manyTexts())
        .isLessThan(MAX_RETAINED_BYTES);
    assertThat(verifier.id()).isNotEmpty(); // keeps the verifier reachable while memory is measured
  }

  private void judgeShuffled(
      Verifier verifier, List<Completion> completions, List<Verdict> expected, Random random) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < completions.size(); i++) {
      order.add(i);
    }
    for (int round = 0; round < ROUNDS; round++) {
      Collections.shuffle(order, random);
      for (int i : order) {
        assertThat(verifier.verify(problem(), completions.get(i)))
            .as("in parallel: %s", completions.get(i))
            .isEqualTo(expected.get(i));
      }
    }
  }

  private void judgeMany(Verifier verifier, int count, String prefix) {
    for (int i = 0; i < count; i++) {
      String text = (prefix + i + " ").repeat(LEAK_TEXT_REPEATS);
      Verdict verdict = judge(verifier, sampled(text), prefix + i);
      assertThat(verdict.reason()).isNotNull();
    }
  }

  /** Judges and checks all that holds for every verdict. */
  private Verdict judge(Verifier verifier, Completion completion, String name) {
    Verdict verdict;
    try {
      verdict = verifier.verify(problem(), completion);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError("threw on " + shown(name), e);
    }
    assertThat(verdict).as(() -> "verdict on " + shown(name)).isNotNull();
    assertThat(verifier.range().contains(verdict.score()))
        .as(() -> verifier.range() + " has the score of " + verdict + " on " + shown(name))
        .isTrue();
    assertThat(verdict.outcome())
        .as(() -> shown(name) + ": " + verdict)
        .isNotEqualTo(Outcome.ERROR);
    return verdict;
  }

  /** The right and the wrong ones, and the small hostile texts in every place. */
  private List<Completion> everyday() {
    List<Completion> completions = new ArrayList<>(right());
    completions.addAll(wrong());
    for (HostileText hostile : everydayHostile()) {
      for (UnaryOperator<String> place : places()) {
        completions.add(sampled(place.apply(hostile.text().get())));
      }
    }
    return completions;
  }

  private static Completion sampled(String text) {
    return new Completion(text, text.length() / 4 + 1, FinishReason.STOP);
  }

  private static long usedBytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least =
          Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
    }
    return least;
  }

  private static String shown(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }
}
