package org.r1zero.experiment.metrics;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.r1zero.grpo.files.WholeFiles;

/** Appends records to a file, one JSON object per line; keys are in snake case. */
public final class JsonLines {
  private JsonLines() {}

  /**
   * Cuts off a last line that has no end, as a process that was killed may leave it.
   *
   * @return how many bytes that were
   */
  public static long mend(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long size = channel.size();
      long end = size;
      ByteBuffer one = ByteBuffer.allocate(1);
      while (end > 0) {
        channel.read(one.clear(), end - 1);
        if (one.get(0) == '\n') {
          break;
        }
        end--;
      }
      channel.truncate(end);
      return size - end;
    }
  }

  /**
   * Appends lines, whole and flushed.
   *
   * @throws UncheckedIOException if the file can't be written, as on a full disk
   */
  public static void append(Path file, List<?> records) {
    try (Writer writer = writer(file)) {
      write(writer, records);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file + " failed: " + e.getMessage(), e);
    }
  }

  /** Writes a file of lines at once, in the place of one that is there. */
  public static void write(Path file, List<?> records) throws IOException {
    WholeFiles.write(
        file,
        out -> {
          Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
          write(writer, records);
          writer.flush();
        });
  }

  private static void write(Writer writer, List<?> records) throws IOException {
    for (Object entry : records) {
      writer.write(JsonFiles.line(entry));
      writer.write('\n');
    }
  }

  /**
   * Appends texts to a file. Files' own writer stops at half a character; this one writes a
   * question mark.
   */
  public static BufferedWriter writer(Path file) throws IOException {
    return new BufferedWriter(
        new OutputStreamWriter(
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            StandardCharsets.UTF_8));
  }
}
