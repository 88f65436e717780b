package org.r1zero.experiment.verify;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;

/** Judges in threads of this process. */
final class LocalJudging implements Judging {
  private static final int IN_LINE_PER_THREAD = 64;
  private final Verifier verifier;
  private final int threads;
  private final ExecutorService pool;

  /**
   * Starts threads.
   *
   * @param verifier must not throw, as a guarded one does not
   */
  LocalJudging(Verifier verifier, int threads) {
    this.verifier = verifier;
    this.threads = threads;
    this.pool = Executors.newFixedThreadPool(threads);
  }

  @Override
  public Future<Verdict> submit(AnswerRecord answer) {
    return pool.submit(() -> verifier.verify(answer.problem(), answer.completion()));
  }

  @Override
  public int inLine() {
    return threads * IN_LINE_PER_THREAD;
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
