package org.r1zero.experiment.metrics;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * How many columns the terminal has: as {@code stty} says, read again when the window is resized
 * (SIGWINCH), and never more than {@code COLUMNS}; 80 where neither is known.
 */
final class TerminalWidth implements IntSupplier {
  private static final int USUAL = 80;
  private static final Pattern SIZE = Pattern.compile("\\d+ (\\d{1,5})\\s*");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,5}");
  private final int most;
  private volatile boolean known;
  private int width;

  /**
   * Reads the width when it is first asked for.
   *
   * @param columns the environment's {@code COLUMNS}, where it has it
   */
  TerminalWidth(@Nullable String columns) {
    int number =
        columns != null && NUMBER.matcher(columns).matches() ? Integer.parseInt(columns) : 0;
    this.most = number > 0 ? number : Integer.MAX_VALUE;
    try {
      Signals.handle("WINCH", () -> known = false);
    } catch (IllegalStateException e) {
      LoggerFactory.getLogger(TerminalWidth.class).debug("no news of resized windows", e);
    }
  }

  @Override
  public synchronized int getAsInt() {
    if (!known) {
      known = true; // first: a signal while stty runs makes it run again
      width = read();
    }
    return width;
  }

  private int read() {
    int stty = stty();
    return stty > 0 ? Math.min(stty, most) : most < Integer.MAX_VALUE ? most : USUAL;
  }

  /** 0 where it is not known. */
  private static int stty() {
    try {
      Process process =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(1, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return 0;
      }
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      Matcher size = SIZE.matcher(said);
      return size.matches() ? Integer.parseInt(size.group(1)) : 0;
    } catch (IOException e) {
      return 0; // no terminal of its own, or no stty
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }
}
