package org.r1zero.spark;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Work that executors get once and keep: what it opens there, such as verifiers with processes of
 * their own, serves all its tasks.
 *
 * @param <W> what is sent
 */
record SentWork<W>(String id, Broadcast<W> sent) implements Serializable {
  private static final int KEPT = 4;
  private static final Map<String, Object> HERE = new LinkedHashMap<>();

  static <W> SentWork<W> send(JavaSparkContext context, W work) {
    return new SentWork<>(UUID.randomUUID().toString(), context.broadcast(work));
  }

  /** The work, in an executor; Spark's own cache may drop a broadcast value and read it again. */
  @SuppressWarnings("unchecked") // what was put there under this id
  W here() {
    synchronized (HERE) {
      Object found = HERE.get(id);
      if (found == null) {
        found = sent.value();
        HERE.put(id, found);
        while (HERE.size() > KEPT) {
          HERE.remove(HERE.keySet().iterator().next());
        }
      }
      return (W) found;
    }
  }
}
