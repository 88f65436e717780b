package org.r1zero.experiment.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory after each tenth of a benchmark's completions, so that one sees whether it stays flat. The
 * Java heap is told beside it: it grows and shrinks by its own rules, what is left is native.
 */
public final class MemorySeries {
  private static final int POINTS = 10;

  private final List<Point> points = new ArrayList<>();
  private final int sequences;

  /**
   * Memory at one time.
   *
   * @param sequences completions so far
   * @param rssMb resident, MB (2^20 bytes)
   * @param heapMb of these at most the Java heap
   */
  public record Point(int sequences, double rssMb, double heapMb) {}

  MemorySeries(int sequences) {
    this.sequences = sequences;
  }

  /** Takes a point where another tenth is done. */
  void done(int finished) throws IOException {
    if (finished * (long) POINTS >= (points.size() + 1L) * sequences) {
      double heap = Runtime.getRuntime().totalMemory() / 1024.0 / 1024;
      points.add(new Point(finished, ProcessMemory.residentMb(), heap));
    }
  }

  List<Point> points() {
    return List.copyOf(points);
  }
}
