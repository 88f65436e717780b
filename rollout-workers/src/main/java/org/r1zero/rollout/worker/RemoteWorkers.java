package org.r1zero.rollout.worker;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * Does the tasks of a {@link Cluster} in this process. The model, the weights of two versions and
 * the generators of a pool stay for its next tasks.
 */
public final class RemoteWorkers {
  private static final Map<String, RemoteHost> HOSTS = new HashMap<>();
  private static final Set<String> FORGOTTEN = new HashSet<>();

  private RemoteWorkers() {}

  /**
   * Samples a unit. Where the thread is interrupted, that ends.
   *
   * @param task as {@link Cluster#start} had it
   * @return for {@link Cluster.Run#next}; also where the unit can't be sampled at all, which
   *     another try would not change
   * @throws WorkerLostException if sampling hangs: this process is of no use any more
   */
  public static byte[] run(byte[] task) throws WorkerLostException {
    return run(task, (finished, tokens) -> {});
  }

  /** The same, where somebody hears how far it is. */
  public static byte[] run(byte[] task, Cluster.TaskProgress progress) throws WorkerLostException {
    RemoteTask asked = RemoteTask.read(task, RemoteTask.class);
    RemoteHost host = host(asked.pool(), asked.open(), asked.model());
    return RemoteTask.bytes(host.run(asked, progress));
  }

  /**
   * Computes a share of an update's gradient. Where the thread is interrupted, that ends.
   *
   * @param task as {@link Cluster#startTogether} had it
   * @return for {@link Cluster.Run#next}
   * @throws IOException if another learner was lost: all have to begin again
   * @throws WorkerLostException if computing hangs: this process is of no use any more
   */
  public static byte[] learn(byte[] task, Cluster.Together together)
      throws IOException, WorkerLostException {
    LearnerTask asked = RemoteTask.read(task, LearnerTask.class);
    RemoteHost host = host(asked.pool(), asked.open(), asked.model());
    return RemoteTask.bytes(host.learn(asked, together));
  }

  private static RemoteHost host(String pool, Set<String> open, RemoteTask.Model model) {
    synchronized (HOSTS) {
      for (Iterator<Map.Entry<String, RemoteHost>> all = HOSTS.entrySet().iterator();
          all.hasNext(); ) {
        Map.Entry<String, RemoteHost> one = all.next();
        if (!open.contains(one.getKey())) {
          one.getValue().close();
          all.remove();
        }
      }
      if (FORGOTTEN.contains(pool)) {
        throw new SamplingCancelledException(); // a try that its pool's end has overtaken
      }
      return HOSTS.computeIfAbsent(pool, id -> new RemoteHost(model));
    }
  }

  /** Ends what all pools have in this process, as its end would: for tests. */
  static void restart() {
    synchronized (HOSTS) {
      HOSTS.values().forEach(RemoteHost::close);
      HOSTS.clear();
    }
  }

  /** Ends what a pool has in this process. */
  static void forget(String pool) {
    synchronized (HOSTS) {
      FORGOTTEN.add(pool);
      RemoteHost host = HOSTS.remove(pool);
      if (host != null) {
        host.close();
      }
    }
  }
}
