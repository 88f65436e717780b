package org.r1zero.verify.records;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** What a file holds, gunzipped where its name ends in {@code .gz}, within {@link DataLimit}. */
public final class RecordText {
  private RecordText() {}

  /**
   * Opens a file that is not read by lines, such as a JSON array, as UTF-8 with or without a
   * byte-order mark.
   *
   * @throws IOException if it can't be opened
   * @throws IllegalArgumentException if its name ends in {@code .gz} and it is not gzipped
   */
  public static Reader open(Path file) throws IOException {
    InputStream bytes = counted(file, DataLimit.of(file));
    Reader text =
        new BufferedReader(
            new InputStreamReader(
                bytes,
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)));
    try {
      text.mark(1);
      if (text.read() != '\uFEFF') {
        text.reset();
      }
    } catch (IOException e) {
      text.close();
      throw fault(file, e);
    }
    return text;
  }

  /**
   * The bytes of a file, unpacked and counted against a limit.
   *
   * @throws IOException if it can't be opened
   * @throws IllegalArgumentException if its name ends in {@code .gz} and it is not gzipped
   */
  public static InputStream counted(Path file, DataLimit limit) throws IOException {
    return new Counted(unpacked(file), limit);
  }

  static InputStream unpacked(Path file) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    if (!file.toString().endsWith(".gz")) {
      return raw;
    }
    try {
      return new GZIPInputStream(
          raw, 1 << 16); // it gives what it has before it says what is missing
    } catch (IOException e) {
      raw.close();
      throw new IllegalArgumentException(
          file + ": its name ends in .gz, but it is not a gzip file: " + why(e), e);
    }
  }

  /** What to throw where reading such a file fails: it names the file and what is wrong with it. */
  public static IllegalArgumentException fault(Path file, IOException e) {
    return new IllegalArgumentException(
        e instanceof CharacterCodingException
            ? file + ": is not in UTF-8; convert the file to UTF-8"
            : file + ": can't be read; it is truncated or damaged: " + why(e),
        e);
  }

  static String why(IOException e) {
    return e instanceof EOFException ? "it ends too early" : String.valueOf(e.getMessage());
  }

  private static final class Counted extends FilterInputStream {
    private final DataLimit limit;

    Counted(InputStream in, DataLimit limit) {
      super(in);
      this.limit = limit;
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      limit.add(next < 0 ? 0 : 1);
      return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      limit.add(Math.max(0, count));
      return count;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
