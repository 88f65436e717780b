package org.r1zero.rollout.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.r1zero.grpo.files.Folders;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.PolicySnapshot;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.SamplingListener;
import org.r1zero.rollout.generation.SamplingStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one pool keeps in a process that samples for it: a tokenizer, weights of two versions, and a
 * generator for each task that runs at once.
 */
final class RemoteHost implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteHost.class);
  private static final Duration END_LIMIT = Duration.ofSeconds(30);
  private static final Duration CLOSE_LIMIT = Duration.ofMillis(500);
  private static final int SLOTS = 2;
  private static final String KIND = MachineReport.describe();

  private final RemoteTask.Model model;
  private final Tokenizer tokenizer;
  private final FileWeights weights;
  private final List<ReadWriteLock> locks = new ArrayList<>();
  private final long[] checksums = new long[SLOTS];
  private final Deque<LocalWorker> idle = new ConcurrentLinkedDeque<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final ExecutorService judges;

  RemoteHost(RemoteTask.Model model) {
    this.model = model;
    this.judges =
        Executors.newFixedThreadPool(
            Math.max(1, model.threads()),
            task -> {
              Thread thread = new Thread(task, "rewards");
              thread.setDaemon(true);
              return thread;
            });
    try {
      Path folder = Files.createTempDirectory("r1zero-model-");
      try {
        unpack(model.files(), folder);
        DecoderConfig config = ModelDirectory.readConfig(folder);
        this.tokenizer = Tokenizer.open(folder);
        DecoderConfig whole = model.untied() ? config.untied() : config;
        long bytes = SLOTS * PolicySnapshot.bytes(whole, model.type());
        this.weights =
            new FileWeights(
                model.folder().equals("auto")
                    ? FileWeights.folderFor(bytes)
                    : Path.of(model.folder()),
                whole,
                model.type(),
                SLOTS);
      } finally {
        Folders.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the model's files can't be unpacked: " + e.getMessage(), e);
    }
    for (int i = 0; i < SLOTS; i++) {
      locks.add(new ReentrantReadWriteLock(true));
    }
  }

  private static void unpack(Cluster.Block files, Path folder) throws IOException {
    try (InputStream in = files.open();
        ZipInputStream packed = new ZipInputStream(in)) {
      for (ZipEntry entry = packed.getNextEntry(); entry != null; entry = packed.getNextEntry()) {
        Path name = Path.of(entry.getName()).getFileName();
        Files.copy(packed, folder.resolve(String.valueOf(name)));
      }
    }
  }

  RemoteTask.Result run(RemoteTask task, Cluster.TaskProgress progress) throws WorkerLostException {
    RemoteTask.Version version = task.weights();
    ReadWriteLock lock = locks.get(version.slot());
    try {
      lock.readLock().lockInterruptibly();
      while (!holds(version)) {
        lock.readLock().unlock();
        fetch(lock, version);
        lock.readLock().lockInterruptibly();
      }
      try {
        return sample(task, progress);
      } finally {
        lock.readLock().unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SamplingCancelledException();
    }
  }

  private boolean holds(RemoteTask.Version version) {
    return weights.holds(version.slot(), version.number())
        && checksums[version.slot()] == version.checksum();
  }

  private void fetch(ReadWriteLock lock, RemoteTask.Version version) throws InterruptedException {
    lock.writeLock().lockInterruptibly();
    try {
      if (!holds(version)) {
        if (!changedFromOther(version)) {
          try (InputStream in = version.whole().block().open()) {
            weights.receive(version.slot(), in);
          }
          change(version, 0);
        }
        checksums[version.slot()] = version.checksum();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e); // another machine may have better luck
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Takes the version in the other slot and what has changed since, where that is to be had. */
  private boolean changedFromOther(RemoteTask.Version version) {
    int other = SLOTS - 1 - version.slot();
    if (!locks.get(other).readLock().tryLock()) {
      return false; // it is being written
    }
    try {
      for (int known = version.deltas().size() - 1; known >= 0; known--) {
        RemoteTask.Part base = version.after(known);
        if (weights.holds(other, base.number()) && checksums[other] == base.checksum()) {
          weights.copy(other, version.slot());
          change(version, known);
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      LOG.warn("changes of weights can't be used, all are fetched: {}", e.getMessage());
      return false;
    } finally {
      locks.get(other).readLock().unlock();
    }
  }

  private void change(RemoteTask.Version version, int known) throws IOException {
    for (RemoteTask.Part part : version.deltas().subList(known, version.deltas().size())) {
      try (InputStream in = part.block().open()) {
        weights.change(version.slot(), in);
      }
    }
    weights.accept(version.slot(), version.number(), version.checksum());
  }

  private RemoteTask.Result sample(RemoteTask task, Cluster.TaskProgress progress)
      throws WorkerLostException {
    RemoteTask.Version version = task.weights();
    LocalWorker worker = idle.pollFirst();
    if (worker == null) {
      worker =
          new LocalWorker(
              numbers.incrementAndGet(),
              new GeneratorHost(weights::policy, model.threads()),
              sampling -> new TokenizerStops(tokenizer, sampling.stop()),
              Duration.ofMillis(model.hangMillis()));
    }
    UnitRewards rewards = new UnitRewards(task, tokenizer, judges);
    List<RemoteTask.Finished> finished = List.of();
    boolean whole = false;
    String failure = null;
    try {
      worker.run(
          task.unit(),
          task.sampling(),
          new Weights(version.slot(), version.number()),
          new SamplingListener() {
            @Override
            public void status(SamplingStatus status) {
              progress.sampled(status.finished(), status.tokens());
            }

            @Override
            public void finished(int request, int sample, Generation generation) {
              rewards.add(request, sample, generation);
            }
          });
      whole = true;
      finished = rewards.all();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SamplingCancelledException();
    } catch (SamplingCancelledException e) {
      throw e;
    } catch (RuntimeException e) {
      failure = e.getMessage() == null ? e.toString() : e.getMessage();
    } finally {
      rewards.cancel();
      if (whole) {
        idle.addFirst(worker);
      } else {
        end(worker);
      }
    }
    return new RemoteTask.Result(
        version.number(), checksums[version.slot()], KIND, finished, failure);
  }

  /** Waits until it reads no weights any more. */
  private static void end(LocalWorker worker) {
    boolean interrupted = Thread.interrupted();
    try {
      worker.destroy();
      if (!worker.awaitEnd(END_LIMIT)) {
        LOG.warn("a generator does not end");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits for what still runs, which somebody has ended; what does not end keeps its memory. */
  @Override
  public void close() {
    judges.shutdownNow();
    try {
      for (ReadWriteLock lock : locks) {
        if (!lock.writeLock().tryLock(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
          LOG.warn("a unit does not end; its weights are left to the process's end");
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    for (LocalWorker worker = idle.pollFirst(); worker != null; worker = idle.pollFirst()) {
      end(worker);
    }
    weights.close();
    tokenizer.close();
  }
}
