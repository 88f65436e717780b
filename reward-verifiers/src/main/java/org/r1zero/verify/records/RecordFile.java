package org.r1zero.verify.records;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file of records, in UTF-8 with or without a byte-order mark, gzipped where its
 * name ends in {@code .gz}. Every fault names the file and, where it has one, the line.
 */
public final class RecordFile implements AutoCloseable {
  private static final byte[] EMPTY = {};
  private final Path file;
  private final InputStream in;
  private final boolean strict;
  private final DataLimit limit;
  private final byte[] chunk = new byte[1 << 16];
  private int at;
  private int end;
  private long line;
  private boolean afterReturn;

  private RecordFile(Path file, InputStream in, boolean strict, DataLimit limit) {
    this.file = file;
    this.in = in;
    this.strict = strict;
    this.limit = limit;
  }

  /**
   * Opens a file of data to learn from: bytes that are not UTF-8 are an error.
   *
   * @throws IOException if it can't be opened
   * @throws IllegalArgumentException if its name ends in {@code .gz} and it is not gzipped
   */
  public static RecordFile open(Path file) throws IOException {
    return open(file, true, DataLimit.of(file));
  }

  /**
   * Opens a file of what models said: bytes that are not UTF-8 are replaced by U+FFFD.
   *
   * @throws IOException if it can't be opened
   * @throws IllegalArgumentException if its name ends in {@code .gz} and it is not gzipped
   */
  public static RecordFile openLeniently(Path file) throws IOException {
    return open(file, false, DataLimit.of(file));
  }

  static RecordFile open(Path file, boolean strict, DataLimit limit) throws IOException {
    return new RecordFile(file, RecordText.unpacked(file), strict, limit);
  }

  /**
   * The next line that is not blank; {@code null} at the end.
   *
   * @throws IllegalArgumentException if the file is truncated, is not in UTF-8, or is larger than
   *     {@link DataLimit} allows
   */
  public @Nullable String next() throws IOException {
    while (true) {
      byte[] bytes = nextBytes();
      if (bytes == null) {
        return null;
      }
      if (bytes.length == 0) {
        continue; // a small gzip file can hold thousands of millions of them
      }
      String text = text(bytes);
      if (line == 1 && text.startsWith("\uFEFF")) {
        text = text.substring(1);
      }
      if (!text.isBlank()) {
        return text;
      }
    }
  }

  /** Where the newest line stands, from 1. */
  public long line() {
    return line;
  }

  /** The file and the newest line, for messages. */
  public String where() {
    return file + ":" + line;
  }

  private int read() throws IOException {
    if (at == end) {
      at = 0;
      end = Math.max(0, in.read(chunk));
    }
    return end == 0 ? -1 : chunk[at++] & 0xff;
  }

  private byte @Nullable [] nextBytes() throws IOException {
    ByteArrayOutputStream bytes;
    try {
      int next = read();
      if (afterReturn && next == '\n') {
        limit.add(1);
        next = read();
      }
      afterReturn = false;
      if (next < 0) {
        return null;
      }
      line++;
      if (next == '\n' || next == '\r') {
        afterReturn = next == '\r';
        limit.add(1);
        return EMPTY;
      }
      bytes = new ByteArrayOutputStream(256);
      while (next >= 0 && next != '\n' && next != '\r') {
        bytes.write(next);
        if (bytes.size() > limit.recordBytes()) {
          throw limit.recordTooLong(where());
        }
        next = read();
      }
      afterReturn = next == '\r';
    } catch (IOException e) {
      throw new IllegalArgumentException(
          String.format(
              "%s: can't be read%s; it is truncated or damaged: %s",
              file, line <= 1 ? "" : " beyond line " + (line - 1), RecordText.why(e)),
          e);
    }
    limit.add(bytes.size() + 1L);
    return bytes.toByteArray();
  }

  private String text(byte[] bytes) {
    CodingErrorAction action = strict ? CodingErrorAction.REPORT : CodingErrorAction.REPLACE;
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(action)
          .onUnmappableCharacter(action)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          where() + ": is not in UTF-8; convert the file to UTF-8", e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
