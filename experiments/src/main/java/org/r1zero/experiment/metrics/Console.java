package org.r1zero.experiment.metrics;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * A stream that people read: all text passes {@link ShownText#shown}, whoever prints it, so that
 * nothing from data, models or files can steer the terminal. On a terminal it has a status line
 * that renews itself and makes room for other lines; a run's log gets a copy of the others.
 */
public final class Console extends PrintStream {
  /** Set by the start script where standard error is a terminal. */
  private static final String TERMINAL = "R1ZERO_TERMINAL";

  private static final String CLEAR = "\r\u001b[K";
  private final Sink sink;
  private final IntSupplier width;
  private final boolean coloured;

  private Console(Sink sink, IntSupplier width, boolean coloured) {
    super(sink, true, StandardCharsets.UTF_8);
    this.sink = sink;
    this.width = width;
    this.coloured = coloured;
  }

  /** A console over a stream that is not a terminal; one that is a console already stays itself. */
  public static Console of(PrintStream out) {
    return out instanceof Console console ? console : new Console(new Sink(out), () -> 0, false);
  }

  /** A console over standard error, which may be a terminal. */
  public static Console standardError(PrintStream err) {
    String terminal = System.getenv(TERMINAL);
    String kind = System.getenv("TERM");
    if (err instanceof Console || terminal == null || "dumb".equals(kind)) {
      return of(err);
    }
    String noColour = System.getenv("NO_COLOR");
    return terminal(
        err, new TerminalWidth(System.getenv("COLUMNS")), noColour == null || noColour.isEmpty());
  }

  /** A console over a terminal of a width. */
  static Console terminal(OutputStream out, IntSupplier width, boolean coloured) {
    return new Console(new Sink(out), width, coloured);
  }

  /** Whether lines can be renewed. */
  boolean isTerminal() {
    return width.getAsInt() > 0;
  }

  /** Columns, and a great many where it is not a terminal. */
  int width() {
    int columns = width.getAsInt();
    return columns > 0 ? columns : Integer.MAX_VALUE;
  }

  /** Shows a line that the next one replaces, never wrapped; nothing where it is not a terminal. */
  void status(StatusLine line) {
    if (isTerminal()) {
      sink.status(CLEAR + line.fit(width() - 1, coloured)); // the last column would wrap in some
    }
  }

  /** Prints a line that stays, never wrapped. */
  void line(StatusLine line) {
    sink.line(line.fit(width() - 1, coloured), line.fit(Integer.MAX_VALUE, false));
  }

  /** Prints a line that stands out: a heading, a warning. */
  public void say(String line, Style style) {
    String shown = ShownText.shown(line);
    sink.line(coloured ? style.on(shown) : shown, shown);
  }

  /** Writes a line to the logs alone. */
  void note(String line) {
    sink.note(ShownText.shown(line));
  }

  /**
   * Appends all lines that are printed from now on to a file, with the time (UTC).
   *
   * @return ends that
   */
  public Closeable copyTo(Path log) throws IOException {
    return sink.copyTo(log);
  }

  /** Lets through what is plain text; synchronized, since the log is another thread's to close. */
  private static final class Sink extends OutputStream {
    private final OutputStream out;
    private final CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final StringBuilder line = new StringBuilder();
    private ByteBuffer pending = ByteBuffer.allocate(0);
    private final List<Log> logs = new ArrayList<>();
    private boolean statusOpen;

    Sink(OutputStream out) {
      this.out = out;
    }

    @Override
    public synchronized void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) throws IOException {
      ByteBuffer all = ByteBuffer.allocate(pending.remaining() + length);
      all.put(pending).put(bytes, from, length).flip();
      CharBuffer text = CharBuffer.allocate(all.remaining());
      decoder.decode(all, text, false);
      pending = all; // the beginning of a character whose rest will come
      String shown = ShownText.shown(text.flip());
      if (!shown.isEmpty()) {
        clearStatus();
        raw(shown);
        log(shown);
      }
    }

    synchronized void status(String line) {
      try {
        raw(line);
        out.flush();
        statusOpen = true;
      } catch (IOException e) {
        throw new UncheckedIOException("writing to the terminal failed", e);
      }
    }

    synchronized void line(String shown, String plain) {
      try {
        clearStatus();
        raw(shown + System.lineSeparator());
        out.flush();
        log(plain + System.lineSeparator());
      } catch (IOException e) {
        throw new UncheckedIOException("writing to standard error failed", e);
      }
    }

    private void clearStatus() throws IOException {
      if (statusOpen) {
        statusOpen = false;
        raw(CLEAR);
      }
    }

    private void raw(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    synchronized void note(String text) {
      try {
        log(text + System.lineSeparator());
      } catch (IOException e) {
        throw new UncheckedIOException("writing to standard error failed", e);
      }
    }

    synchronized Closeable copyTo(Path file) throws IOException {
      Log log = new Log(file, JsonLines.writer(file));
      logs.add(log);
      return () -> close(log);
    }

    private synchronized void close(Log log) throws IOException {
      logs.remove(log);
      log.writer.close();
    }

    private void log(String shown) throws IOException {
      line.append(shown);
      for (int end = line.indexOf("\n"); end >= 0; end = line.indexOf("\n")) {
        String whole = line.substring(0, end).stripTrailing();
        line.delete(0, end + 1);
        for (Log log : List.copyOf(logs)) {
          try {
            log.writer.write(Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + whole + "\n");
            log.writer.flush();
          } catch (IOException e) { // the disk is full: that ends the run soon, elsewhere
            logs.remove(log);
            raw(log.file + " can't be written: " + e.getMessage() + System.lineSeparator());
          }
        }
      }
    }

    /** A file that gets a copy. */
    private record Log(Path file, BufferedWriter writer) {}

    @Override
    public synchronized void flush() throws IOException {
      out.flush();
    }
  }
}
