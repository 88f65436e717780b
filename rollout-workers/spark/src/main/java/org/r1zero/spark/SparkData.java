package org.r1zero.spark;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.curate.Curation;
import org.r1zero.coldstart.curate.DataEngine;
import org.r1zero.coldstart.curate.Selection;
import org.r1zero.rollout.worker.PoolOptions;

/** Judges and curates on the executors of the Spark application that this process is. */
public final class SparkData implements DataEngine {
  /** Small enough that a lost task costs little, many enough that all cores have some. */
  private static final int TASKS_PER_CORE = 4;

  private static final int FEWEST_PER_TASK = 16;

  /** Spark warns of tasks above 1 MB. */
  private static final int MOST_PER_TASK = 500;

  /** What was sent last, by whichever instance: each lookup makes one. */
  private static @Nullable Sent newest;

  private record Sent(JavaSparkContext context, Work<?, ?> work, SentWork<?> sent) {}

  @Override
  public boolean isOn() {
    return new SparkConf().contains("spark.master");
  }

  /** The application's context. */
  static JavaSparkContext context() {
    return SparkBackend.context(new SparkConf(), PoolOptions.single());
  }

  /** Into how many tasks so many records are cut. */
  static int tasks(JavaSparkContext context, int records) {
    int wanted = Math.max(records / MOST_PER_TASK, TASKS_PER_CORE * context.defaultParallelism());
    return Math.max(1, Math.min(records / FEWEST_PER_TASK, wanted));
  }

  @Override
  public <A extends Serializable, B extends Serializable> List<B> each(
      String what, Work<A, B> work, List<A> records) {
    JavaSparkContext context = context();
    SentWork<Work<A, B>> sent = sent(context, work);
    context.setJobGroup("r1zero", what, true);
    try {
      return context
          .parallelize(records, tasks(context, records.size()))
          .map(record -> sent.here().with(record))
          .collect();
    } finally {
      context.clearJobGroup();
    }
  }

  @SuppressWarnings("unchecked") // the same work has the same types
  private static synchronized <A extends Serializable, B extends Serializable>
      SentWork<Work<A, B>> sent(JavaSparkContext context, Work<A, B> work) {
    Sent last = newest;
    if (last == null || last.context() != context || last.work() != work) {
      if (last != null && last.context() == context) {
        last.sent().sent().destroy(); // a context that has ended has none any more
      }
      last = new Sent(context, work, SentWork.send(context, work));
      newest = last;
    }
    return (SentWork<Work<A, B>>) last.sent();
  }

  @Override
  public Selection choose(Curation curation, String folder, Consumer<String> say)
      throws IOException {
    return new SparkCuration(context(), curation, folder, say, SparkCuration.BATCH).choose();
  }
}
