package org.r1zero.spark;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.util.LongAccumulator;
import org.r1zero.rollout.worker.Cluster;
import scala.jdk.javaapi.CollectionConverters;

/**
 * How far the tasks of a job are: named accumulators, which Spark's UI shows, and whose values come
 * with executors' heartbeats while tasks run.
 */
final class LiveProgress extends SparkListener implements AutoCloseable {
  private final SparkContext context;
  private final LongAccumulator finished;
  private final LongAccumulator tokens;
  private final Map<Long, Integer> running = new HashMap<>();
  private final Map<Integer, Cluster.Sampled> known = new HashMap<>();

  LiveProgress(SparkContext context) {
    this.context = context;
    this.finished = context.longAccumulator("sequences finished");
    this.tokens = context.longAccumulator("tokens sampled");
    context.addSparkListener(this);
  }

  LongAccumulator finished() {
    return finished;
  }

  LongAccumulator tokens() {
    return tokens;
  }

  synchronized Map<Integer, Cluster.Sampled> now() {
    return Map.copyOf(known);
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart start) {
    running.put(start.taskInfo().taskId(), start.taskInfo().partitionId());
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    Integer partition = running.remove(end.taskInfo().taskId());
    if (partition != null && !end.taskInfo().successful()) {
      known.remove(partition);
    }
  }

  @Override
  public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    CollectionConverters.asJava(update.accumUpdates())
        .forEach(
            task -> {
              Integer partition = running.get((Long) task._1());
              long[] values = {-1, -1};
              for (AccumulableInfo info : CollectionConverters.asJava(task._4())) {
                if (info.id() == finished.id()) {
                  values[0] = value(info);
                } else if (info.id() == tokens.id()) {
                  values[1] = value(info);
                }
              }
              if (partition != null && Math.max(values[0], values[1]) >= 0) {
                known.put(
                    partition, new Cluster.Sampled(Math.max(0, values[0]), Math.max(0, values[1])));
              }
            });
  }

  private static long value(AccumulableInfo info) {
    return info.update().isDefined() && info.update().get() instanceof Long value ? value : 0;
  }

  @Override
  public void close() {
    context.removeSparkListener(this);
  }
}
