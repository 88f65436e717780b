package org.r1zero.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkExecutorInfo;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.r1zero.rollout.worker.MachineReport;
import org.r1zero.verify.reward.PortableReward;

/**
 * Looks at every executor before anything is sampled, so that what is wrong with one is said in the
 * first minute, by host, and not in the first night.
 */
final class ExecutorCheck {
  private static final long DEADLINE_MILLIS = 120_000;
  private static final long TASK_MILLIS = 200;

  private ExecutorCheck() {}

  private record Seen(String executor, MachineReport report) implements Serializable {}

  /**
   * Reports from each executor.
   *
   * @param room bytes that weights take on an executor
   * @param rewards that executors give; {@code null} for none
   * @throws IllegalStateException naming all faults of all hosts
   */
  static void run(JavaSparkContext context, long room, @Nullable PortableReward rewards) {
    Map<String, MachineReport> reports = new TreeMap<>();
    long end = System.nanoTime() + DEADLINE_MILLIS * 1_000_000;
    context.setJobGroup("r1zero", "check of the executors", true);
    try {
      Set<String> missing;
      do {
        ask(context, room, rewards, reports, end);
        missing = executors(context);
        missing.removeAll(reports.keySet());
      } while (!missing.isEmpty() && System.nanoTime() < end);
      require(reports, missing);
    } finally {
      context.clearJobGroup();
    }
  }

  /** Each task waits a little, so that one executor does not take them all. */
  private static void ask(
      JavaSparkContext context,
      long room,
      @Nullable PortableReward rewards,
      Map<String, MachineReport> reports,
      long end) {
    int tasks = 2 * Math.max(1, context.defaultParallelism());
    JavaFutureAction<List<Seen>> asked =
        context
            .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
            .map(
                n -> {
                  Thread.sleep(TASK_MILLIS);
                  return new Seen(where(), MachineReport.here(room, rewards));
                })
            .collectAsync();
    try {
      asked
          .get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS)
          .forEach(one -> reports.put(one.executor(), one.report()));
    } catch (TimeoutException e) {
      asked.cancel(true);
      if (reports.isEmpty()) {
        throw new IllegalStateException(
            "no executor took a task within "
                + DEADLINE_MILLIS / 1000
                + " s: the cluster has no room for one (spark.executor.memory,"
                + " spark.executor.cores), or can't reach this driver (spark.driver.host)",
            e);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("executors can't be looked at: " + e.getCause(), e);
    } catch (InterruptedException e) {
      asked.cancel(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while executors were looked at", e);
    }
  }

  private static String where() {
    return SparkEnv.get().blockManager().blockManagerId().hostPort();
  }

  private static Set<String> executors(JavaSparkContext context) {
    String driver = where();
    Set<String> found = new TreeSet<>();
    for (SparkExecutorInfo one : context.sc().statusTracker().getExecutorInfos()) {
      found.add(one.host() + ":" + one.port());
    }
    if (!context.sc().isLocal()) {
      found.remove(driver);
    }
    return found;
  }

  /** Throws where an executor has a fault, did not answer, or is another kind of machine. */
  static void require(Map<String, MachineReport> reports, Set<String> missing) {
    List<String> faults = new ArrayList<>();
    reports.forEach(
        (where, report) -> report.faults().forEach(fault -> faults.add(where + ": " + fault)));
    missing.forEach(where -> faults.add(where + ": did not answer within 120 s"));
    Map<String, List<String>> kinds =
        reports.entrySet().stream()
            .collect(
                Collectors.groupingBy(
                    one -> one.getValue().kind(),
                    TreeMap::new,
                    Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    if (kinds.size() > 1) {
      faults.add(
          "executors differ, and so would the last bits of what they sample: "
              + kinds.entrySet().stream()
                  .map(kind -> kind.getKey() + " on " + String.join(", ", kind.getValue()))
                  .collect(Collectors.joining("; "))
              + " (for processors, set spark.executorEnv.ATEN_CPU_CAPABILITY,"
              + " spark.executorEnv.ONEDNN_MAX_CPU_ISA and spark.executorEnv.R1ZERO_KERNELS to what all"
              + " have)");
    }
    if (!faults.isEmpty()) {
      throw new IllegalStateException(
          "not all executors can sample:\n  " + String.join("\n  ", faults));
    }
  }
}
