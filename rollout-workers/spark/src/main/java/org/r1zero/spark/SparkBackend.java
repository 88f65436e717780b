package org.r1zero.spark;

import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.r1zero.rollout.worker.PoolOptions;
import org.r1zero.rollout.worker.PoolSource;
import org.r1zero.rollout.worker.WorkerBackend;
import org.r1zero.rollout.worker.WorkerPool;
import org.r1zero.rollout.worker.WorkerPools;

/**
 * Workers on Spark's executors. Which and how many there are is spark-submit's business; {@code
 * rollouts.weights_folder} is a folder that all of them see, or {@code auto}, where weights are
 * broadcast.
 */
public final class SparkBackend implements WorkerBackend {
  private static @Nullable JavaSparkContext newest;

  private static final Pattern LOCAL = Pattern.compile("local\\[([^,\\]]+)]");

  @Override
  public String name() {
    return "spark";
  }

  @Override
  public WorkerPool open(PoolOptions options, PoolSource source, Consumer<String> say) {
    JavaSparkContext context = context(new SparkConf(), options);
    ExecutorCheck.run(context, WorkerPools.remoteRoom(source.policy()), source.rewards());
    SparkCluster cluster = new SparkCluster(context, source.weightsFolder(), say);
    PoolSource here =
        new PoolSource(
            source.version(),
            source.policy(),
            source.stops(),
            source.model(),
            "auto",
            source.rewards());
    return WorkerPools.remote(options, here, cluster);
  }

  /** The context of this process: all its pools share one, which ends with the process. */
  static synchronized JavaSparkContext context(SparkConf conf, PoolOptions options) {
    JavaSparkContext made = newest;
    if (made == null || made.sc().isStopped()) {
      made = JavaSparkContext.fromSparkContext(SparkContext.getOrCreate(settings(conf, options)));
      newest = made; // asked again, Spark would warn of settings that come too late
    }
    return made;
  }

  /** What a pool needs, where nothing else was asked for. */
  static SparkConf settings(SparkConf conf, PoolOptions options) {
    if (!conf.contains("spark.master")) {
      throw new IllegalArgumentException(
          "rollouts.backend spark needs a master: spark-submit --master says which"
              + " (R1ZERO_JAVA_OPTS=-Dspark.master=local[2] for this machine alone)");
    }
    String tries = String.valueOf(options.maxReplacements() + 1);
    Matcher local = LOCAL.matcher(conf.get("spark.master"));
    if (local.matches()) {
      conf.setMaster("local[" + local.group(1) + "," + tries + "]"); // otherwise one try
    }
    conf.setIfMissing("spark.app.name", "r1zero");
    conf.setIfMissing("spark.task.maxFailures", tries);
    conf.setIfMissing("spark.driver.maxResultSize", "0"); // a unit's size is bounded by the recipe
    conf.setIfMissing("spark.locality.wait", "0");
    conf.setIfMissing("spark.broadcast.compress", "false"); // weights hardly shrink
    conf.setIfMissing("spark.network.timeout", "60s");
    conf.setIfMissing("spark.executor.heartbeatInterval", "2s");
    // learners wait for an executor in the place of one that was lost
    conf.setIfMissing("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "2s");
    conf.setIfMissing("spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures", "150");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    return conf;
  }
}
