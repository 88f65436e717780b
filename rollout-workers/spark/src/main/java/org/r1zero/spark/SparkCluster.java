package org.r1zero.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;
import org.r1zero.rollout.worker.Cluster;
import org.r1zero.rollout.worker.RemoteWorkers;
import org.r1zero.rollout.worker.WorkerFailureException;
import org.r1zero.rollout.worker.WorkerLostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Function0;
import scala.Function1;
import scala.Function2;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/** Runs a pool's calls as jobs: Spark places the tasks, and tries again what is lost. */
final class SparkCluster implements Cluster {
  private static final Logger LOG = LoggerFactory.getLogger(SparkCluster.class);
  private static final String DRIVER = "driver";
  private static final int HUNG = 86;
  private static final Duration SLOTS_LIMIT = Duration.ofSeconds(20);
  private static final long SLOTS_WATCH_MILLIS = 200;

  private final JavaSparkContext context;
  private final String folder;
  private final AtomicInteger lost = new AtomicInteger();
  private final SparkListener losses;

  /**
   * Samples with the executors of a context.
   *
   * @param folder for weights; {@code auto} broadcasts them
   * @param say is notified of each lost executor
   */
  SparkCluster(JavaSparkContext context, String folder, Consumer<String> say) {
    this.context = context;
    this.folder = folder;
    this.losses =
        new SparkListener() {
          @Override
          public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
            if (removed.reason().contains("killed by driver")) {
              return; // it was idle, and dynamic allocation gave it back
            }
            say.accept(
                String.format(
                    "executor %s was lost (%s so far; what it was sampling is sampled again): %s",
                    removed.executorId(), lost.incrementAndGet(), removed.reason().strip()));
          }
        };
    context.sc().addSparkListener(losses);
  }

  @Override
  public Block publish(String name, Path file, long bytes) throws IOException {
    return folder.equals("auto")
        ? BroadcastBlock.of(context, file, bytes)
        : FolderBlock.of(folder, name, file, bytes);
  }

  @Override
  public void release(Block block) {
    try {
      if (block instanceof FolderBlock file) {
        file.release();
      } else if (block instanceof BroadcastBlock broadcast && !context.sc().isStopped()) {
        broadcast.release();
      }
    } catch (IOException e) {
      LOG.warn("can't delete {}: {}", block, e.toString());
    }
  }

  /** What executors run. */
  private interface OnExecutor extends Function1<Iterator<byte[]>, byte[]>, Serializable {}

  @Override
  public Run start(String what, List<byte[]> tasks) {
    BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    JavaRDD<byte[]> units = context.parallelize(tasks, tasks.size());
    LiveProgress progress = new LiveProgress(context.sc());
    LongAccumulator finished = progress.finished();
    LongAccumulator tokens = progress.tokens();
    OnExecutor sample =
        task ->
            sample(
                task.next(),
                (done, sampled) -> {
                  finished.setValue(done);
                  tokens.setValue(sampled);
                });
    return job(what, units.rdd(), sample, tasks.size(), answers, progress);
  }

  private Run job(
      String what,
      RDD<byte[]> tasks,
      OnExecutor work,
      int count,
      BlockingQueue<Answer> answers,
      LiveProgress progress) {
    // called by the scheduler's thread, which must not wait
    Function2<Object, byte[], BoxedUnit> heard =
        (task, bytes) -> {
          answers.add(new Answer((Integer) task, bytes));
          return BoxedUnit.UNIT;
        };
    Function0<BoxedUnit> end = () -> BoxedUnit.UNIT;
    context.setJobGroup("r1zero", what, true);
    try {
      SimpleFutureAction<BoxedUnit> job =
          context.sc().submitJob(tasks, work, partitions(count), heard, end);
      return new Job(job, answers, progress);
    } finally {
      context.clearJobGroup();
    }
  }

  /** What executors run at the same time. */
  private interface AtOnce extends Function1<Iterator<byte[]>, Iterator<byte[]>>, Serializable {}

  private record Barrier(BarrierTaskContext task) implements Together {
    @Override
    public int rank() {
      return task.partitionId();
    }

    @Override
    public String host() {
      return SparkEnv.get().blockManager().blockManagerId().host();
    }
  }

  @Override
  public Run startTogether(String what, List<byte[]> tasks) {
    BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    AtOnce learn = SparkCluster::learn;
    RDD<byte[]> learners =
        context
            .parallelize(tasks, tasks.size())
            .rdd()
            .barrier()
            .mapPartitions(learn, false, ClassTag$.MODULE$.apply(byte[].class));
    OnExecutor only = Iterator::next;
    return job(what, learners, only, tasks.size(), answers, new LiveProgress(context.sc()));
  }

  private static Iterator<byte[]> learn(Iterator<byte[]> task) {
    try {
      byte[] result = RemoteWorkers.learn(task.next(), new Barrier(BarrierTaskContext.get()));
      return CollectionConverters.asScala(List.of(result).iterator());
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e); // all begin again
    } catch (WorkerLostException e) {
      throw ended(e);
    }
  }

  @Override
  public int slots(int wanted) {
    if (context.getConf().getBoolean("spark.dynamicAllocation.enabled", false)) {
      throw new IllegalArgumentException(
          "rollouts.learners must be 0 where spark.dynamicAllocation.enabled is true: learners run"
              + " at the same time, for which Spark wants a fixed number of executors");
    }
    long end = System.nanoTime() + SLOTS_LIMIT.toNanos();
    int slots = slots();
    try {
      while (slots < wanted && System.nanoTime() < end) {
        Thread.sleep(SLOTS_WATCH_MILLIS);
        slots = slots();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return slots;
  }

  private int slots() {
    return context
        .sc()
        .maxNumConcurrentTasks(context.sc().resourceProfileManager().defaultResourceProfile());
  }

  @Override
  public String host() {
    return context.getConf().get("spark.driver.host");
  }

  private static scala.collection.immutable.Seq<Object> partitions(int count) {
    List<Object> all = IntStream.range(0, count).<Object>mapToObj(i -> i).toList();
    return CollectionConverters.asScala(all).toSeq();
  }

  /** In an executor, or in the driver where Spark is local. */
  private static byte[] sample(byte[] task, TaskProgress progress) {
    try {
      return RemoteWorkers.run(task, progress);
    } catch (WorkerLostException e) {
      throw ended(e);
    }
  }

  /** Ends this executor; where Spark is local, its task only. */
  private static RuntimeException ended(WorkerLostException reason) {
    if (!SparkEnv.get().executorId().equals(DRIVER)) {
      LOG.error("this executor ends: {}", reason.getMessage());
      Runtime.getRuntime().halt(HUNG); // a thread in native code can't be ended in another way
    }
    return new IllegalStateException(reason.getMessage(), reason);
  }

  private record Job(
      SimpleFutureAction<BoxedUnit> job, BlockingQueue<Answer> answers, LiveProgress live)
      implements Run {

    @Override
    public @Nullable Answer next(long millis) throws InterruptedException {
      boolean ended = job.isCompleted(); // asked first: all of its answers are there then
      Answer answer = answers.poll(ended ? 0 : millis, TimeUnit.MILLISECONDS);
      if (answer == null && ended) {
        throw new WorkerFailureException(
            "Spark gave the tasks up: "
                + (job.value().get().isFailure()
                    ? firstLines(job.value().get().failed().get().getMessage())
                    : "it ended without some of them"));
      }
      return answer;
    }

    private static String firstLines(@Nullable String message) {
      return String.valueOf(message)
          .lines()
          .limit(3)
          .map(String::strip)
          .reduce((a, b) -> a + " " + b)
          .orElse("");
    }

    @Override
    public Map<Integer, Sampled> progress() {
      return live.now();
    }

    @Override
    public void cancel() {
      live.close();
      if (!job.isCompleted()) {
        job.cancel();
      }
    }
  }

  @Override
  public int workers() {
    int known = context.sc().statusTracker().getExecutorInfos().length;
    return Math.max(1, context.sc().isLocal() ? context.defaultParallelism() : known - 1);
  }

  @Override
  public int lost() {
    return lost.get();
  }

  @Override
  public void close() {
    context.sc().removeSparkListener(losses);
  }
}
