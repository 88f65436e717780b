package org.r1zero.rollout.generation;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Keeps completions by request and sample; each may come once. */
public class Collected implements SamplingListener {
  private final Map<Integer, Map<Integer, Generation>> found = new TreeMap<>();

  @Override
  public void status(SamplingStatus status) {
    // the completions are what counts
  }

  @Override
  public void finished(int request, int sample, Generation generation) {
    Generation earlier =
        found.computeIfAbsent(request, r -> new TreeMap<>()).put(sample, generation);
    if (earlier != null) {
      throw new AssertionError("completion " + request + "/" + sample + " came twice");
    }
  }

  /** Forgets them, for another call. */
  public void clear() {
    found.clear();
  }

  /** For each request its completions. */
  public List<List<Generation>> all() {
    return found.values().stream().map(group -> List.copyOf(group.values())).toList();
  }
}
