package org.r1zero.experiment.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.records.ParquetFile;
import org.r1zero.experiment.metrics.JsonLines;
import org.r1zero.grpo.files.Hashes;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Verdict;

/**
 * Verdicts as they come, in a file beside the one that they are for until they are all there: an
 * interrupted judging of the same file by the same verifier goes on after the last of them.
 */
abstract sealed class VerdictFile implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SCHEMA =
      "optional binary id (STRING); optional int64 line; optional double score;"
          + " optional binary outcome (STRING); optional binary reason (STRING);"
          + " optional group parts (MAP) { repeated group key_value { required binary key (STRING);"
          + " required double value; } } optional int32 expected; optional boolean agrees;";

  private VerdictFile() {}

  static VerdictFile nowhere() {
    return new Nowhere();
  }

  /**
   * Opens a file.
   *
   * @param key all that the verdicts depend on
   */
  static VerdictFile open(Path out, String key) throws IOException {
    return new Kept(out, Hashes.sha256(key).substring(0, 12));
  }

  /** The next of the verdicts that were there; {@code null} where there is no more. */
  abstract @Nullable Verdict next();

  abstract void add(String json) throws IOException;

  /** All are there: gives the file its name. */
  abstract void end() throws IOException;

  @Override
  public abstract void close() throws IOException;

  private static final class Nowhere extends VerdictFile {
    @Override
    @Nullable Verdict next() {
      return null;
    }

    @Override
    void add(String json) {
      // nobody wants it
    }

    @Override
    void end() {
      // nothing to name
    }

    @Override
    public void close() {
      // nothing is open
    }
  }

  private static final class Kept extends VerdictFile {
    private final Path out;
    private final Path partial;
    private final BufferedReader known;
    private final Writer writer;
    private long left;

    Kept(Path out, String key) throws IOException {
      this.out = out;
      this.partial = out.resolveSibling("." + out.getFileName() + "." + key + ".partial");
      this.left = wholeLines(partial);
      this.writer =
          Files.newBufferedWriter(
              partial,
              StandardCharsets.UTF_8,
              StandardOpenOption.CREATE,
              StandardOpenOption.APPEND);
      this.known = Files.newBufferedReader(partial);
    }

    /** Counts lines, after a last one that was cut off is dropped. */
    private static long wholeLines(Path file) throws IOException {
      if (!Files.exists(file)) {
        return 0;
      }
      JsonLines.mend(file);
      try (Stream<String> lines = Files.lines(file)) {
        return lines.count();
      }
    }

    @Override
    @Nullable Verdict next() {
      if (left == 0) {
        return null;
      }
      left--;
      try {
        JsonNode node = JSON.readTree(known.readLine());
        return new Verdict(
            node.path("score").asDouble(),
            Outcome.valueOf(node.path("outcome").asText().toUpperCase(Locale.ROOT)),
            node.path("reason").asText(),
            Map.of());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    void add(String json) throws IOException {
      writer.write(json);
      writer.write('\n');
    }

    @Override
    void end() throws IOException {
      writer.close();
      if (!out.toString().endsWith(".parquet")) {
        Files.move(partial, out, StandardCopyOption.REPLACE_EXISTING);
        return;
      }
      Files.deleteIfExists(out);
      try (Stream<String> lines = Files.lines(partial)) {
        ParquetFile.write(out, SCHEMA, () -> lines.map(Kept::tree).iterator());
      }
      Files.delete(partial);
    }

    private static JsonNode tree(String line) {
      try {
        return JSON.readTree(line);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      writer.close();
      known.close();
    }
  }
}
