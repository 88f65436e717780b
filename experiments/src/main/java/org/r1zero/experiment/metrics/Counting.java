package org.r1zero.experiment.metrics;

import java.io.PrintStream;
import java.util.Locale;

/**
 * How far work of a known size is: a status line on a terminal, elsewhere a line a minute at most.
 */
public final class Counting {
  private static final long RENEWAL_NANOS = 250_000_000L;
  private static final long LINE_NANOS = 60_000_000_000L;
  private final Console console;
  private final String what;
  private final long total;
  private final long started = System.nanoTime();
  private long first = -1;
  private long shown = started - RENEWAL_NANOS;
  private long printed = started;

  /**
   * Starts to count.
   *
   * @param what is done, such as {@code completions}
   * @param total how many there will be
   */
  public Counting(PrintStream out, String what, long total) {
    this.console = Console.of(out);
    this.what = what;
    this.total = total;
  }

  /** Whether this counts such work. */
  boolean isOf(String work, long size) {
    return what.equals(work) && total == size;
  }

  /** So many are done. */
  public synchronized void update(long done) {
    long now = System.nanoTime();
    if (first < 0) {
      first = done; // was there before, such as completions that were kept
    }
    if (now - shown >= RENEWAL_NANOS || done >= total) {
      shown = now;
      console.status(line(done, now));
    }
    if (!console.isTerminal() && now - printed >= LINE_NANOS) {
      printed = now;
      console.line(line(done, now));
    }
  }

  private StatusLine line(long done, long now) {
    StatusLine line = new StatusLine();
    bar(line, 3, console, done, total);
    line.add(0, done + "/" + total).add(2, what);
    if (done > first) {
      line.add(1, "left " + clock((now - started) / 1e9 / (done - first) * (total - done)));
    }
    return line;
  }

  /** A bar as wide as the terminal allows. */
  static void bar(StatusLine line, int rank, Console console, long done, long total) {
    int width = Math.min(20, Math.max(5, console.width() / 8));
    int filled = total <= 0 ? 0 : (int) Math.min(width, width * done / total);
    line.add(rank, "[" + "#".repeat(filled) + "-".repeat(width - filled) + "]", Style.GOOD);
  }

  static String clock(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole % 3600 / 60, whole % 60);
  }
}
