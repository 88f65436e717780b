package org.r1zero.grpo.torch;

import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Work side by side on threads of one processor core each: for models so small that one operation
 * gives a second core hardly anything to do (docs/rollouts.md). How work is cut into parts decides
 * last bits, which thread does a part does not.
 */
public final class Lanes {
  private static final long AGAIN_MILLIS = 50;
  private static final Deque<Lane> IDLE = new ConcurrentLinkedDeque<>();

  private record Lane(ExecutorService executor, AtomicReference<@Nullable Thread> thread) {
    void interrupt() {
      Thread running = thread.get();
      if (running != null) {
        running.interrupt();
      }
    }
  }

  private Lanes() {}

  /**
   * Does all parts and waits for them; one part is done on the calling thread, with all of its
   * cores.
   *
   * <p>If the calling thread is interrupted, so are the parts; it stays interrupted, and returns
   * when they have ended.
   *
   * @return what each part gave, in order
   * @throws RuntimeException what a part threw: of several the first that is no {@link
   *     CancellationException}, since one that fails may have the others cancelled
   */
  public static <T> List<T> run(List<Supplier<T>> parts) {
    if (parts.size() == 1) {
      return List.of(parts.get(0).get());
    }
    List<Lane> lanes = lease(parts.size());
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < parts.size(); i++) {
        futures.add(lanes.get(i).executor().submit(parts.get(i)::get));
      }
      return results(futures, lanes);
    } finally {
      IDLE.addAll(lanes);
    }
  }

  private static <T> List<T> results(List<Future<T>> futures, List<Lane> lanes) {
    List<T> results = new ArrayList<>();
    Throwable fault = null;
    boolean interrupted = false;
    for (Future<T> future : futures) {
      boolean ended = false;
      while (!ended) { // what parts compute with must not be freed before
        try {
          results.add(future.get(AGAIN_MILLIS, TimeUnit.MILLISECONDS));
          ended = true;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (TimeoutException e) {
          ended = false;
        } catch (ExecutionException e) {
          fault = first(fault, e.getCause());
          ended = true;
        }
        if (interrupted && !ended) {
          lanes.forEach(Lane::interrupt); // again: a part that had not begun has not heard it
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (fault instanceof Error error) {
      throw error;
    } else if (fault instanceof RuntimeException failure) {
      throw failure;
    }
    return results;
  }

  private static @Nullable Throwable first(@Nullable Throwable known, @Nullable Throwable next) {
    return known == null || known instanceof CancellationException ? next : known;
  }

  private static List<Lane> lease(int count) {
    List<Lane> lanes = new ArrayList<>();
    while (lanes.size() < count) {
      Lane idle = IDLE.poll();
      lanes.add(idle == null ? start() : idle);
    }
    return lanes;
  }

  /** A new thread's number of cores is also what libtorch gives to threads that come later. */
  private static Lane start() {
    int own = Torch.threads();
    AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    ExecutorService executor =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, "lane");
              made.setDaemon(true);
              thread.set(made);
              return made;
            });
    Lane lane = new Lane(executor, thread);
    try {
      results(List.of(executor.submit(() -> setOneThread())), List.of(lane));
    } finally {
      Torch.setThreads(own);
    }
    return lane;
  }

  private static boolean setOneThread() {
    Torch.setThreads(1);
    return true;
  }
}
