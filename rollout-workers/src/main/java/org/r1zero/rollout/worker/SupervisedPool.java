package org.r1zero.rollout.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingListener;
import org.r1zero.rollout.generation.SamplingStatus;
import org.r1zero.verify.process.Daemons;

/**
 * Keeps workers at work: a thread for each takes units, runs them, and replaces its worker where
 * that dies or hangs; the lost unit is sampled again from its beginning, by the same draws.
 */
final class SupervisedPool implements WorkerPool {
  /** Of the two seconds within which a cancelled call ends; workers that take longer are ended. */
  private static final long CANCEL_MILLIS = 1200;

  private static final Duration END_LIMIT = Duration.ofMillis(600);

  private final WeightStore store;
  private final WorkerFactory factory;
  private final PoolOptions options;
  private final Consumer<String> say;
  private final List<Slot> slots = new ArrayList<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicInteger replaced = new AtomicInteger();
  private final AtomicInteger lostInARow = new AtomicInteger();
  private final Object monitor = new Object();
  private final PublishedWeights published;
  private @Nullable SamplingCall current;
  private volatile boolean closed;

  /**
   * Starts the workers.
   *
   * @param say is notified of each lost worker
   */
  SupervisedPool(
      WeightStore store,
      WorkerFactory factory,
      PoolOptions options,
      long version,
      PolicyModel policy,
      Consumer<String> say) {
    this.store = store;
    this.factory = factory;
    this.options = options;
    this.say = say;
    this.published = new PublishedWeights(store, version, policy);
    for (int i = 0; i < options.workers(); i++) {
      Slot slot = new Slot(i);
      slots.add(slot);
      Daemons.of("rollout-slot-" + (i + 1), slot).start();
    }
  }

  @Override
  public void publish(long version, PolicyModel policy) {
    published.publish(version, policy);
  }

  @Override
  public long version() {
    return published.version();
  }

  @Override
  public int replaced() {
    return replaced.get();
  }

  @Override
  public Session open() {
    return new Lent(published.take());
  }

  /** Samples with the weights that it holds. */
  private final class Lent implements Session {
    private final PublishedWeights.Lease lease;

    Lent(PublishedWeights.Lease lease) {
      this.lease = lease;
    }

    @Override
    public long version() {
      return lease.weights().version();
    }

    @Override
    public void generate(List<WorkUnit> units, SamplingConfig config, SamplingListener listener) {
      SupervisedPool.this.run(new SamplingCall(units, config, lease.weights(), listener));
    }

    @Override
    public void close() {
      lease.close();
      if (published.atRest()) {
        slots.forEach(Slot::rest);
      }
    }
  }

  private void run(SamplingCall call) {
    synchronized (monitor) {
      if (closed) {
        throw new SamplingCancelledException();
      }
      if (current != null) {
        throw new IllegalStateException("this pool is at another call already");
      }
      current = call;
      monitor.notifyAll();
    }
    try {
      call.awaitOver();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      call.fail(new SamplingCancelledException());
    } finally {
      settle(call);
    }
    call.requireDone();
  }

  /** After a call that ended early, workers may still be at it: they stop, or are ended. */
  private void settle(SamplingCall call) {
    boolean interrupted = Thread.interrupted();
    try {
      // a worker hears that its call is over when it next reports
      if (!call.awaitIdle(CANCEL_MILLIS)) {
        slots.forEach(slot -> slot.destroy(call));
        call.awaitIdle(END_LIMIT.toMillis());
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      synchronized (monitor) {
        current = null;
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void cancel() {
    SamplingCall call;
    synchronized (monitor) {
      call = current;
    }
    if (call != null) {
      call.fail(new SamplingCancelledException());
    }
  }

  @Override
  public void close() {
    synchronized (monitor) {
      if (closed) {
        return;
      }
      closed = true;
      monitor.notifyAll();
    }
    cancel();
    boolean ended = true;
    List<RolloutWorker> workers = new ArrayList<>();
    for (Slot slot : slots) {
      RolloutWorker worker = slot.endWorker();
      if (worker != null) {
        workers.add(worker);
      }
    }
    long end = System.nanoTime() + Duration.ofMillis(CANCEL_MILLIS).toNanos();
    try {
      for (RolloutWorker worker : workers) {
        ended &= worker.awaitEnd(Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ended = false;
    }
    if (ended) {
      store.close();
    } else {
      say.accept("a worker does not end; the memory that it reads is left to the process's end");
    }
  }

  private int alive() {
    return (int) slots.stream().filter(slot -> slot.worker != null).count();
  }

  /** One worker's place: its thread, and the worker that is in it now. */
  private final class Slot implements Runnable {
    private final int place;
    private volatile @Nullable RolloutWorker worker;
    private volatile @Nullable SamplingCall at;

    Slot(int place) {
      this.place = place;
    }

    @Override
    public void run() {
      while (!closed) {
        SamplingCall call = null;
        int unit = -1;
        try {
          synchronized (monitor) {
            call = current;
            unit = call == null ? -1 : call.take(place, options.workers());
            at = call;
            if (unit < 0 && worker != null) {
              monitor.wait(200);
              continue;
            }
          }
          RolloutWorker ready = started();
          if (call != null && unit >= 0) {
            work(ready, call, unit);
          }
        } catch (WorkerLostException e) {
          lost(e, call, unit);
        } catch (InterruptedException e) {
          return;
        } finally {
          at = null;
        }
      }
    }

    private RolloutWorker started() throws WorkerLostException {
      RolloutWorker ready = worker;
      if (ready == null) {
        ready = factory.start(place, numbers.incrementAndGet());
        worker = ready;
        if (closed) {
          ready.destroy();
        }
      }
      return ready;
    }

    private void work(RolloutWorker ready, SamplingCall call, int unit) throws WorkerLostException {
      try {
        ready.run(
            call.unit(unit),
            call.config(),
            call.weights(),
            new SamplingListener() {
              @Override
              public void status(SamplingStatus status) {
                requireWanted(call);
                call.progress(unit, status, alive(), replaced.get());
              }

              @Override
              public void finished(int request, int sample, Generation generation) {
                requireWanted(call);
                call.deliver(unit, request, sample, generation);
              }
            });
        lostInARow.set(0);
        call.complete(unit);
      } catch (RuntimeException e) {
        call.fail(e);
        call.release(unit);
      } catch (Error e) {
        call.fail(new IllegalStateException("a rollout worker failed: " + e, e));
        call.release(unit);
      }
    }

    private void requireWanted(SamplingCall call) {
      if (call.isOver()) {
        throw new SamplingCancelledException();
      }
    }

    private void lost(WorkerLostException reason, @Nullable SamplingCall call, int unit) {
      RolloutWorker gone = worker;
      worker = null;
      if (gone != null) {
        gone.destroy();
      }
      if (closed || (call != null && call.isOver())) {
        if (call != null && unit >= 0) {
          call.release(unit);
        }
        return;
      }
      int inARow = lostInARow.incrementAndGet();
      int count = replaced.incrementAndGet();
      int times = call == null || unit < 0 ? inARow : call.putBack(unit);
      if (Math.max(inARow, times) > options.maxReplacements()) {
        WorkerFailureException failure =
            new WorkerFailureException(
                "rollout workers were lost "
                    + inARow
                    + " times with nothing sampled in between; the last: "
                    + reason.getMessage());
        if (call != null) {
          call.fail(failure);
        } else {
          awaitCall();
        }
        return;
      }
      say.accept(
          String.format(
              "a rollout worker was lost and is replaced (%s so far%s): %s",
              count,
              unit < 0 ? "" : "; what it was sampling is sampled again",
              reason.getMessage()));
    }

    /** Idle workers that die at once are not started again and again: the next call will tell. */
    private void awaitCall() {
      synchronized (monitor) {
        try {
          while (!closed && current == null) {
            monitor.wait();
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    void destroy(SamplingCall call) {
      RolloutWorker busy = worker;
      if (busy != null && call.equals(at)) {
        busy.destroy();
      }
    }

    void rest() {
      RolloutWorker idle = worker;
      if (idle != null) {
        idle.rest();
      }
    }

    @Nullable RolloutWorker endWorker() {
      RolloutWorker ready = worker;
      if (ready != null) {
        ready.destroy();
      }
      return ready;
    }
  }
}
