package org.r1zero.rollout.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A cluster of threads, which loses tasks and runs others twice as it is told. */
final class ThreadCluster implements Cluster {
  private final Path folder;
  private final int workers;
  private final int losses;
  private final boolean twice;
  private final ExecutorService threads;
  private final AtomicInteger lost = new AtomicInteger();
  private final AtomicInteger exchanges = new AtomicInteger();

  /** By which learners say that they are reached. */
  volatile String learnersHost = "127.0.0.1";

  /** Hears of each learner's task before it runs. */
  volatile Consumer<LearnerTask> beginning = task -> {};

  /** Blocks by their files: tests look at what is released, and damage some. */
  final ConcurrentHashMap<String, Path> blocks = new ConcurrentHashMap<>();

  /**
   * Makes one.
   *
   * @param losses how many times each task is lost after it was sampled
   * @param twice whether each answer comes twice
   */
  ThreadCluster(Path folder, int workers, int losses, boolean twice) {
    this.folder = folder;
    this.workers = workers;
    this.losses = losses;
    this.twice = twice;
    this.threads = Executors.newFixedThreadPool(workers);
  }

  /** Names of the blocks that were read, by any cluster of this process. */
  static final List<String> OPENED = Collections.synchronizedList(new ArrayList<>());

  private record FileBlock(String file, String name) implements Block {
    @Override
    public InputStream open() throws IOException {
      OPENED.add(name);
      return Files.newInputStream(Path.of(file));
    }
  }

  @Override
  public Block publish(String name, Path file, long bytes) throws IOException {
    Path copy = Files.createTempFile(folder, name, "");
    try (InputStream in = Files.newInputStream(file)) {
      Files.write(copy, in.readNBytes((int) bytes));
    }
    blocks.put(name, copy);
    return new FileBlock(copy.toString(), name);
  }

  @Override
  public void release(Block block) {
    try {
      Files.delete(Path.of(((FileBlock) block).file()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public Run start(String what, List<byte[]> tasks) {
    BlockingQueue<Object> done = new LinkedBlockingQueue<>();
    List<? extends Future<?>> running =
        IntStream.range(0, tasks.size())
            .mapToObj(i -> threads.submit(() -> run(i, tasks.get(i), done)))
            .toList();
    return started(done, () -> running.forEach(one -> one.cancel(true)));
  }

  /**
   * What has been started.
   *
   * @param done gets the answers, and what ends the run
   */
  private static Run started(BlockingQueue<Object> done, Runnable cancel) {
    return new Run() {
      @Override
      public @Nullable Answer next(long millis) throws InterruptedException {
        Object next = done.poll(millis, TimeUnit.MILLISECONDS);
        if (next instanceof Exception failure) {
          throw new WorkerFailureException(String.valueOf(failure.getMessage()));
        }
        return (Answer) next;
      }

      @Override
      public void cancel() {
        cancel.run();
      }
    };
  }

  /**
   * Its learners are lost as often as each task is, but not where they meet for the first time; the
   * others wait for it in vain.
   */
  @Override
  public Run startTogether(String what, List<byte[]> tasks) {
    BlockingQueue<Object> done = new LinkedBlockingQueue<>();
    boolean loses = exchanges.getAndIncrement() > 0 && lost.get() < losses;
    tasks.forEach(task -> beginning.accept(RemoteTask.read(task, LearnerTask.class)));
    ExecutorService learners = Executors.newFixedThreadPool(tasks.size());
    for (int i = 0; i < tasks.size(); i++) {
      int rank = i;
      learners.execute(
          () -> {
            try {
              Together together =
                  new Together() {
                    @Override
                    public int rank() {
                      return rank;
                    }

                    @Override
                    public String host() {
                      if (loses && rank == tasks.size() - 1) {
                        lost.incrementAndGet();
                        throw new IllegalStateException("learner " + rank + " was killed");
                      }
                      return learnersHost;
                    }
                  };
              done.add(new Answer(rank, RemoteWorkers.learn(tasks.get(rank), together)));
            } catch (WorkerLostException e) {
              lost.incrementAndGet();
              done.add(e);
            } catch (IOException | RuntimeException e) {
              done.add(e);
            }
          });
    }
    return started(done, learners::shutdownNow);
  }

  @Override
  public int slots(int wanted) {
    return workers;
  }

  @Override
  public String host() {
    return "127.0.0.1";
  }

  private void run(int index, byte[] task, BlockingQueue<Object> done) {
    try {
      for (int i = 0; i < losses; i++) {
        RemoteWorkers.run(task);
        lost.incrementAndGet();
      }
      for (int i = 0; i < (twice ? 2 : 1); i++) {
        done.add(new Answer(index, RemoteWorkers.run(task)));
      }
    } catch (SamplingCancelledException e) {
      // nobody waits for it
    } catch (RuntimeException | WorkerLostException e) {
      done.add(e);
    }
  }

  @Override
  public int workers() {
    return workers;
  }

  @Override
  public int lost() {
    return lost.get();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
