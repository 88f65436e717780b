package org.r1zero.verify.reward;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.process.Daemons;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a run safe from a verifier that breaks its contract: what it throws, a score outside its
 * range and no verdict at all become {@link Outcome#ERROR}, too long a time {@link
 * Outcome#TIMEOUT}, both with the verifier's {@link Verifier#failureScore()}.
 *
 * <p>Judging is done in threads of its own, one for each call. One that takes too long is
 * interrupted; if it does not listen, it is left behind, up to {@value #MAX_LEFT_BEHIND} of them,
 * after which every further verdict is a timeout.
 */
public final class GuardedVerifier implements Verifier {

  private static final Logger LOGGER = LoggerFactory.getLogger(GuardedVerifier.class);
  private static final int MAX_LEFT_BEHIND = 32;

  private final Verifier verifier;
  private final Duration limit;
  private final ThreadPoolExecutor threads;
  private final AtomicInteger calls = new AtomicInteger();

  /**
   * Guards a verifier.
   *
   * @param limit the longest time for one verdict
   */
  public GuardedVerifier(Verifier verifier, Duration limit) {
    this.verifier = verifier;
    this.limit = limit;
    this.threads =
        new ThreadPoolExecutor(
            0,
            1 + MAX_LEFT_BEHIND,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Daemons.named("verifier-" + verifier.id()));
  }

  @Override
  public String id() {
    return verifier.id();
  }

  @Override
  public ScoreRange range() {
    return verifier.range();
  }

  @Override
  public double failureScore() {
    return verifier.failureScore();
  }

  @Override
  public boolean scoresTurns(Problem problem) {
    return verifier.scoresTurns(problem);
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    makeRoom(calls.incrementAndGet());
    try {
      return judge(problem, completion);
    } finally {
      calls.decrementAndGet();
    }
  }

  /** As many threads as there ever were calls at the same time, and those left behind. */
  private void makeRoom(int calling) {
    synchronized (threads) {
      if (calling + MAX_LEFT_BEHIND > threads.getMaximumPoolSize()) {
        threads.setMaximumPoolSize(calling + MAX_LEFT_BEHIND);
      }
    }
  }

  private Verdict judge(Problem problem, Completion completion) {
    Future<Verdict> judging;
    try {
      judging = threads.submit(() -> verifier.verify(problem, completion));
    } catch (RejectedExecutionException e) {
      return failed(Outcome.TIMEOUT, "not judged: too many earlier ones never came to an end");
    }
    try {
      return checked(judging.get(limit.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      judging.cancel(true);
      return failed(Outcome.TIMEOUT, "took longer than " + limit.toMillis() + " ms");
    } catch (ExecutionException e) {
      LOGGER.debug("verifier {} failed on problem {}", id(), problem.id(), e.getCause());
      return failed(Outcome.ERROR, "the verifier failed: " + said(e.getCause()));
    } catch (InterruptedException e) {
      judging.cancel(true);
      Thread.currentThread().interrupt();
      return failed(Outcome.ERROR, "judging was interrupted");
    }
  }

  /** A fault of the data says itself what it is; of others the kind has to be known, too. */
  private static String said(@Nullable Throwable cause) {
    return cause instanceof IllegalArgumentException
            && cause.getClass() == IllegalArgumentException.class
            && cause.getMessage() != null
        ? cause.getMessage()
        : String.valueOf(cause);
  }

  @Override
  public void check(Problem problem) {
    verifier.check(problem);
  }

  private Verdict checked(@Nullable Verdict verdict) {
    if (verdict == null) {
      return failed(Outcome.ERROR, "the verifier gave no verdict");
    }
    if (!range().contains(verdict.score())) {
      return failed(Outcome.ERROR, "the score " + verdict.score() + " is not in " + range());
    }
    return verdict;
  }

  private Verdict failed(Outcome outcome, String reason) {
    return new Verdict(failureScore(), outcome, reason);
  }
}
