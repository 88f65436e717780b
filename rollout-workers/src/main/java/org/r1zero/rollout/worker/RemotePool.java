package org.r1zero.rollout.worker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.Learners;
import org.r1zero.grpo.PartWork;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool whose units are tasks of a {@link Cluster}, which finds machines for them, and others
 * where some are lost. What comes back twice is heard once.
 */
final class RemotePool implements WorkerPool {
  private static final Logger LOG = LoggerFactory.getLogger(RemotePool.class);
  private static final Set<String> OPEN = ConcurrentHashMap.newKeySet();
  private static final long WATCH_MILLIS = 100;

  private final String id = UUID.randomUUID().toString();
  private final Cluster cluster;
  private final RemoteWeights store;
  private final PublishedWeights published;
  private final RemoteTask.Model model;
  private final Object monitor = new Object();
  private final PolicyModel policy;
  private final Duration hangTimeout;
  private final int tries;
  private @Nullable SamplingCall current;
  private volatile @Nullable String kind;
  private boolean closed;

  RemotePool(PoolOptions options, PoolSource source, Cluster cluster) {
    PolicyModel policy = source.policy();
    if (policy.device().isGpu()) {
      throw new IllegalArgumentException(
          "rollouts.backend must be in_process where the policy is on a GPU: other machines get"
              + " weights from the CPU's memory only");
    }
    if (options.threads() == 0) {
      throw new IllegalArgumentException(
          "rollouts.threads or rollouts.unit_problems must be >= 1 for workers on other machines:"
              + " threads decide last bits, and machines differ");
    }
    this.cluster = cluster;
    this.policy = policy;
    this.hangTimeout = options.hangTimeout();
    this.tries = options.maxReplacements() + 1;
    this.model =
        new RemoteTask.Model(
            files(source.model()),
            !policy.config().tieWordEmbeddings(),
            policy.computeType(),
            options.threads(),
            options.hangTimeout().toMillis(),
            source.weightsFolder(),
            source.rewards(),
            RemoteWeights.sendsAdapters(policy) ? policy.adapters().orElseThrow().config() : null);
    this.store = new RemoteWeights(cluster, policy);
    this.published = new PublishedWeights(store, source.version(), policy);
    OPEN.add(id);
  }

  /** The model's small files: its configuration and its tokenizer. */
  private Cluster.Block files(Path folder) {
    try {
      Path zip = Files.createTempFile("r1zero-model-", ".zip");
      try {
        try (OutputStream out = Files.newOutputStream(zip);
            ZipOutputStream packed = new ZipOutputStream(out);
            Stream<Path> all = Files.list(folder)) {
          for (Path file :
              all.filter(f -> f.toString().matches(".*\\.(json|txt|model|jinja)"))
                  .sorted()
                  .toList()) {
            packed.putNextEntry(new ZipEntry(file.getFileName().toString()));
            Files.copy(file, packed);
            packed.closeEntry();
          }
        }
        return cluster.publish("model", zip, Files.size(zip));
      } finally {
        Files.delete(zip);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("packing the files of " + folder + " failed: " + e, e);
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
    return cluster.lost();
  }

  @Override
  public Session open() {
    return lend();
  }

  @Override
  public Learners learners(int count) {
    RemoteLearners learners = new RemoteLearners(this, cluster, policy, count, hangTimeout, tries);
    learners.rehearse(policy);
    return learners;
  }

  /** The weights published last, held until they are given back. */
  Lent lend() {
    return new Lent(published.take());
  }

  /** Works with the weights that it holds. */
  final class Lent implements Session {
    private final PublishedWeights.Lease lease;

    Lent(PublishedWeights.Lease lease) {
      this.lease = lease;
    }

    @Override
    public long version() {
      return lease.weights().version();
    }

    /** A learner's task with these weights. */
    LearnerTask learn(
        List<MicroBatch> parts, PartWork work, boolean checkpointing, String inbox, byte[] secret) {
      return new LearnerTask(
          id,
          new TreeSet<>(OPEN),
          model,
          store.version(lease.weights()),
          parts,
          work,
          checkpointing,
          inbox,
          secret);
    }

    /**
     * Checks by what something was computed.
     *
     * @throws IllegalStateException if by other weights, or on another kind of machine
     */
    void require(String what, long number, long checksum, String machine) {
      RemotePool.this.require(what, store.version(lease.weights()), number, checksum, machine);
    }

    @Override
    public void generate(List<WorkUnit> units, SamplingConfig config, SamplingListener listener) {
      SamplingCall call = new SamplingCall(units, config, lease.weights(), listener);
      begin(call);
      try {
        if (!run(call, units, listener.purpose())) {
          LOG.warn(
              "adapters give other last bits on a worker's machine than here: weights are sent"
                  + " whole from now on");
          store.sendWhole(lease.weights());
          run(call, units, listener.purpose());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        call.fail(new SamplingCancelledException());
      } finally {
        synchronized (monitor) {
          current = null;
          monitor.notifyAll();
        }
      }
      call.requireDone();
    }

    @Override
    public void close() {
      lease.close();
    }
  }

  private void begin(SamplingCall call) {
    synchronized (monitor) {
      if (closed) {
        throw new SamplingCancelledException();
      }
      if (current != null) {
        throw new IllegalStateException("this pool is at another call already");
      }
      current = call;
    }
  }

  /** Returns whether it is over: false where adapters are not to be added up elsewhere. */
  private boolean run(SamplingCall call, List<WorkUnit> units, String purpose)
      throws InterruptedException {
    if (units.isEmpty()) {
      return true;
    }
    RemoteTask.Version version = store.version(call.weights());
    Set<String> open = new TreeSet<>(OPEN);
    List<byte[]> tasks =
        units.stream()
            .map(unit -> new RemoteTask(id, open, model, version, call.config(), unit))
            .map(RemoteTask::bytes)
            .toList();
    Cluster.Run run =
        cluster.start(purpose + ": " + units.size() + " units, policy " + version.number(), tasks);
    try {
      while (!call.isOver()) {
        Cluster.Answer answer = run.next(WATCH_MILLIS);
        if (answer != null && !isTaken(call, version, answer)) {
          return false;
        }
        call.sampled(run.progress());
        call.beat(cluster.workers(), cluster.lost());
      }
    } catch (SamplingCancelledException e) {
      // what the listener threw is the call's failure
    } catch (RuntimeException e) {
      call.fail(e);
    } finally {
      run.cancel();
    }
    return true;
  }

  private boolean isTaken(SamplingCall call, RemoteTask.Version version, Cluster.Answer answer) {
    RemoteTask.Result result = RemoteTask.read(answer.bytes(), RemoteTask.Result.class);
    if (RemoteHost.ADDS_OTHERWISE.equals(result.failure())) {
      return false;
    }
    if (result.failure() != null) {
      throw new IllegalStateException(result.failure());
    }
    require("unit " + answer.task(), version, result.version(), result.checksum(), result.kind());
    if (!call.isDone(answer.task())) {
      for (RemoteTask.Finished one : result.finished()) {
        call.deliver(answer.task(), one.request(), one.sample(), one.generation(), one.reward());
      }
      call.complete(answer.task());
    }
    return true;
  }

  private void require(
      String what, RemoteTask.Version version, long number, long checksum, String machine) {
    if (number != version.number() || checksum != version.checksum()) {
      throw new IllegalStateException(
          String.format(
              "%s was computed with weights of version %d (%08x), not %d (%08x)",
              what, number, checksum, version.number(), version.checksum()));
    }
    String known = kind;
    if (known == null) {
      kind = machine;
    } else if (!known.equals(machine)) {
      throw new IllegalStateException(
          String.format(
              "machines differ, and so would the last bits of what they compute: %s and %s "
                  + "(ATEN_CPU_CAPABILITY, ONEDNN_MAX_CPU_ISA and R1ZERO_KERNELS limit processors "
                  + "to what all have)",
              known, machine));
    }
  }

  @Override
  public void cancel() {
    synchronized (monitor) {
      if (current != null) {
        current.fail(new SamplingCancelledException());
      }
    }
  }

  @Override
  public void close() {
    synchronized (monitor) {
      if (closed) {
        return;
      }
      closed = true;
      cancel();
      long end = System.nanoTime() + 1_500_000_000;
      try {
        for (long left = 1500;
            current != null && left > 0;
            left = (end - System.nanoTime()) / 1_000_000) {
          monitor.wait(left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    OPEN.remove(id);
    RemoteWorkers.forget(id); // where the machine is this process
    store.close();
    cluster.release(model.files());
    cluster.close();
  }
}
