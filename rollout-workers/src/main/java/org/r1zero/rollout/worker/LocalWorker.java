package org.r1zero.rollout.worker;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingListener;
import org.r1zero.rollout.generation.SamplingStatus;
import org.r1zero.rollout.generation.StopCondition;
import org.r1zero.verify.process.Daemons;

/**
 * A generator on a thread of this process. A thread can't be killed: one that hangs is left behind
 * with its memory, and what it says later is not heard.
 */
final class LocalWorker implements RolloutWorker {
  private static final long WATCH_MILLIS = 50;
  private final GeneratorHost host;
  private final Function<SamplingConfig, StopCondition> stops;
  private final Duration hangTimeout;
  private final ExecutorService thread;
  private volatile long lastSign = System.nanoTime();
  private volatile boolean listening;
  private volatile boolean destroyed;

  LocalWorker(
      int number,
      GeneratorHost host,
      Function<SamplingConfig, StopCondition> stops,
      Duration hangTimeout) {
    this.host = host;
    this.stops = stops;
    this.hangTimeout = hangTimeout;
    this.thread = Executors.newSingleThreadExecutor(Daemons.named("rollout-worker-" + number));
  }

  @Override
  public void run(WorkUnit unit, SamplingConfig config, Weights weights, SamplingListener listener)
      throws WorkerLostException {
    lastSign = System.nanoTime();
    SamplingListener heard = new Heard(listener);
    Future<?> result;
    try {
      result =
          thread.submit(
              () -> host.run(unit.requests(), config, weights, stops.apply(config), heard));
    } catch (RejectedExecutionException e) {
      throw new WorkerLostException("it was ended");
    }
    while (true) {
      try {
        result.get(WATCH_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        boolean silent = System.nanoTime() - lastSign > hangTimeout.toNanos();
        if (destroyed || (silent && !listening)) {
          throw new WorkerLostException(
              destroyed
                  ? "it was ended"
                  : "it sampled nothing for " + hangTimeout.toSeconds() + " s");
        }
      } catch (ExecutionException e) {
        throw failure(Objects.requireNonNull(e.getCause()));
      } catch (CancellationException e) {
        throw new WorkerLostException("it was ended");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SamplingCancelledException();
      }
    }
  }

  private static RuntimeException failure(Throwable cause) throws WorkerLostException {
    if (cause instanceof RuntimeException failure) {
      return failure;
    }
    throw new WorkerLostException(cause.toString());
  }

  /** Training and this worker share the process's memory: the packed weights are given back. */
  @Override
  public void rest() {
    try {
      thread.execute(host::close);
    } catch (RejectedExecutionException e) {
      // it was destroyed meanwhile, which closes the host as well
    }
  }

  @Override
  public synchronized void destroy() {
    if (destroyed) {
      return;
    }
    destroyed = true;
    thread.execute(host::close);
    thread.shutdown();
  }

  @Override
  public boolean awaitEnd(Duration limit) throws InterruptedException {
    return thread.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Passes progress on while anybody wants it, and ends the call where nobody does. */
  private final class Heard implements SamplingListener {
    private final SamplingListener listener;

    Heard(SamplingListener listener) {
      this.listener = listener;
    }

    @Override
    public void status(SamplingStatus status) {
      hear(() -> listener.status(status));
    }

    @Override
    public void finished(int request, int sample, Generation generation) {
      hear(() -> listener.finished(request, sample, generation));
    }

    private void hear(Runnable what) {
      if (destroyed) {
        throw new SamplingCancelledException();
      }
      listening = true;
      try {
        what.run();
      } finally {
        lastSign = System.nanoTime();
        listening = false;
      }
    }
  }
}
