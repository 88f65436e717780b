package org.r1zero.rollout.worker;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.PartReport;
import org.r1zero.grpo.files.Folders;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.PolicySnapshot;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.SamplingListener;
import org.r1zero.rollout.generation.SamplingStatus;
import org.r1zero.verify.process.Daemons;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one pool keeps in a process that samples for it: a tokenizer, weights of two versions (and
 * the frozen ones, where adapters come in place of weights), and a generator for each task that
 * runs at once.
 */
final class RemoteHost implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteHost.class);
  private static final Duration END_LIMIT = Duration.ofSeconds(30);
  private static final Duration CLOSE_LIMIT = Duration.ofMillis(500);
  private static final int SLOTS = 2;
  private static final int FROZEN = SLOTS;

  /** A failure: adapters added up here give another block than the one that was published. */
  static final String ADDS_OTHERWISE = "adapters add up otherwise here";

  private static final String FAILED = "!";
  private static final String KIND = MachineReport.describe();

  private final RemoteTask.Model model;
  private final Tokenizer tokenizer;
  private final FileWeights weights;
  private final List<ReadWriteLock> locks = new ArrayList<>();
  private final long[] checksums = new long[SLOTS];
  private final Deque<LocalWorker> idle = new ConcurrentLinkedDeque<>();
  private final Deque<LocalLearner> idleLearners = new ConcurrentLinkedDeque<>();
  private final DecoderConfig config;
  private final AtomicInteger numbers = new AtomicInteger();
  private final Object adding = new Object();
  private @Nullable AdaptedWeights adapted;
  private final ExecutorService judges;
  private int tasks;
  private boolean closed;

  RemoteHost(RemoteTask.Model model) {
    this.model = model;
    this.judges =
        Executors.newFixedThreadPool(Math.max(1, model.threads()), Daemons.named("rewards"));
    try {
      Path folder = Files.createTempDirectory("r1zero-model-");
      try {
        unpack(model.files(), folder);
        DecoderConfig tied = ModelDirectory.readConfig(folder);
        this.tokenizer = Tokenizer.open(folder);
        this.config = model.untied() ? tied.untied() : tied;
        int slots = SLOTS + (model.lora() == null ? 0 : 1);
        long bytes = slots * PolicySnapshot.bytes(config, model.type());
        this.weights =
            new FileWeights(
                model.folder().equals("auto")
                    ? FileWeights.folderFor(bytes)
                    : Path.of(model.folder()),
                config,
                model.type(),
                slots);
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
    begin();
    ReadWriteLock lock = locks.get(task.weights().slot());
    try {
      hold(lock, task.weights());
      try {
        return sample(task, progress);
      } finally {
        lock.readLock().unlock();
      }
    } catch (AddsOtherwiseException e) {
      RemoteTask.Version version = task.weights();
      return new RemoteTask.Result(
          version.number(), version.checksum(), KIND, List.of(), ADDS_OTHERWISE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SamplingCancelledException();
    } finally {
      done();
    }
  }

  /** Takes the lock for reading, with that version in its slot. */
  private void hold(ReadWriteLock lock, RemoteTask.Version version) throws InterruptedException {
    lock.readLock().lockInterruptibly();
    while (!holds(version)) {
      lock.readLock().unlock();
      fetch(lock, version);
      lock.readLock().lockInterruptibly();
    }
  }

  LearnerTask.Result learn(LearnerTask task, Cluster.Together together)
      throws IOException, WorkerLostException {
    begin();
    try {
      return exchange(task, together);
    } finally {
      done();
    }
  }

  private LearnerTask.Result exchange(LearnerTask task, Cluster.Together together)
      throws IOException, WorkerLostException {
    LocalLearner learner = idleLearners.pollFirst();
    if (learner == null) {
      learner = new LocalLearner(weights.files(), config, model.type(), model.threads());
    }
    boolean whole = false;
    boolean hangs = false;
    try (Door door = new Door(task.secret(), Duration.ofMillis(model.hangMillis()))) {
      LearnerTask.Result result = exchange(task, together, learner, door);
      whole = true;
      return result;
    } catch (WorkerLostException e) {
      hangs = true;
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SamplingCancelledException();
    } finally {
      if (whole) {
        idleLearners.addFirst(learner);
      } else if (hangs) {
        learner.close(); // it would be waited for in vain
      } else {
        end(learner);
      }
    }
  }

  /** Computes a share, adds up with the others, and delivers a part of the sum. */
  private LearnerTask.Result exchange(
      LearnerTask task, Cluster.Together together, LocalLearner learner, Door door)
      throws IOException, InterruptedException, WorkerLostException {
    List<PartReport> parts = List.of();
    String told;
    try {
      parts = compute(task, learner);
      told = together.host() + ":" + door.port();
    } catch (ExecutionException e) {
      Throwable cause = requireNonNull(e.getCause());
      if (!(cause instanceof RuntimeException)) {
        throw new IOException("a learner can't go on: " + cause, e); // another machine may
      }
      told = FAILED + reason(cause); // the others must not wait
    }
    String own = told;
    int rank = together.rank();
    int slot = task.weights().slot();
    Duration limit = Duration.ofMillis(model.hangMillis());
    Optional<String> failure;
    try (Link inbox = Link.to(task.inbox(), task.secret(), rank, limit);
        Ring ring = new Ring(rank, task.secret(), limit)) {
      Future<Optional<String>> exchanged =
          learner.submit(
              () -> {
                inbox.tell(List.of(own));
                List<String> all = inbox.told();
                Optional<String> failed =
                    all.stream()
                        .filter(one -> one.startsWith(FAILED))
                        .map(one -> one.substring(FAILED.length()))
                        .findFirst();
                if (failed.isEmpty()) {
                  ring.sum(door, all, learner.gradients(slot), inbox);
                  inbox.receive(); // all is there
                }
                learner.drop(slot);
                return failed;
              });
      try {
        failure = exchanged.get();
      } catch (InterruptedException e) {
        door.close(); // what waits for others in vain ends with it, with the inbox and the ring
        throw e;
      }
    } catch (ExecutionException e) {
      throw new IOException("a learner can't go on: " + reason(requireNonNull(e.getCause())), e);
    }
    RemoteTask.Version version = task.weights();
    return new LearnerTask.Result(
        parts, version.number(), version.checksum(), KIND, failure.orElse(null));
  }

  private static String reason(Throwable e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** Holds the weights no longer than they are read: other learners may be in this process. */
  private List<PartReport> compute(LearnerTask task, LocalLearner learner)
      throws ExecutionException, InterruptedException, WorkerLostException {
    ReadWriteLock lock = locks.get(task.weights().slot());
    hold(lock, task.weights());
    try {
      return learner.compute(task, Duration.ofMillis(model.hangMillis()));
    } catch (InterruptedException e) {
      end(learner); // whoever takes the lock next may overwrite what it reads
      throw e;
    } finally {
      lock.readLock().unlock();
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
        if (version.adapters() != null) {
          add(version, version.adapters());
        } else if (!changedFromOther(version)) {
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

  /** Tells whoever published adapters that this machine can't use them. */
  private static final class AddsOtherwiseException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Adds a version's adapters to the frozen weights, which are fetched once. */
  private void add(RemoteTask.Version version, RemoteTask.Part adapters) throws IOException {
    synchronized (adding) {
      AdaptedWeights sum = adapted;
      if (sum == null) {
        RemoteTask.Part frozen = version.whole();
        try (InputStream in = frozen.block().open()) {
          weights.receive(FROZEN, in);
        }
        weights.accept(FROZEN, frozen.number(), frozen.checksum());
        sum =
            new AdaptedWeights(
                weights.files().get(FROZEN), config, model.type(), requireNonNull(model.lora()));
        adapted = sum;
      }
      Torch.setThreads(model.threads());
      try (InputStream in = adapters.block().open()) {
        weights.write(version.slot(), FileWeights.UNFINISHED, sum.with(in));
      }
    }
    long checksum = version.checksum();
    if (weights.accepted(version.slot(), version.number(), checksum) != checksum) {
      throw new AddsOtherwiseException();
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
      failure = reason(e);
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

  private static void end(LocalWorker worker) {
    worker.destroy();
    awaitEnd("generator", worker::awaitEnd);
  }

  private static void end(LocalLearner learner) {
    learner.close();
    awaitEnd("learner", learner::awaitEnd);
  }

  /** What ends within a limit. */
  private interface Ending {
    boolean await(Duration limit) throws InterruptedException;
  }

  /** Waits until it reads no weights any more. */
  private static void awaitEnd(String what, Ending ending) {
    boolean interrupted = Thread.interrupted();
    try {
      if (!ending.await(END_LIMIT)) {
        LOG.warn("a {} does not end", what);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized void begin() {
    if (closed) {
      throw new SamplingCancelledException(); // a try that its pool's end has overtaken
    }
    tasks++;
  }

  private synchronized void done() {
    tasks--;
    notifyAll();
    if (closed && tasks == 0) {
      free();
    }
  }

  /**
   * Frees everything once the tasks that still run, which somebody has ended, are done: here where
   * that is soon, and where it is not, with the last of them.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    judges.shutdownNow();
    if (tasks == 0) {
      free();
      return;
    }
    long end = System.nanoTime() + CLOSE_LIMIT.toNanos();
    try {
      for (long left = CLOSE_LIMIT.toMillis();
          tasks > 0 && left > 0;
          left = (end - System.nanoTime()) / 1_000_000) {
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void free() {
    idle.forEach(RemoteHost::end);
    idleLearners.forEach(RemoteHost::end);
    if (adapted != null) {
      adapted.close();
    }
    weights.close();
    tokenizer.close();
  }
}
