package org.r1zero.experiment.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.records.ParquetFile;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.metrics.JsonLines;
import org.r1zero.grpo.files.Hashes;
import org.r1zero.grpo.files.Locks;
import org.r1zero.grpo.files.WholeFiles;
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

  /** A verdict that was there, and the line that says it. */
  record Known(Verdict verdict, String json) {}

  static VerdictFile nowhere() {
    return new Through(Writer.nullWriter());
  }

  /**
   * Opens a file; where a link leads, if it is one. A device or a pipe takes verdicts as they come.
   *
   * @param key all that the verdicts depend on
   * @throws ConfigException if another judging writes it
   */
  static VerdictFile open(Path out, String key) throws IOException {
    return WholeFiles.isReplaced(out)
        ? new Kept(out, Hashes.sha256(key).substring(0, 12))
        : new Through(
            new BufferedWriter(
                new OutputStreamWriter(WholeFiles.open(out), StandardCharsets.UTF_8)));
  }

  /**
   * The verdict of a record, where it was there and had not failed; asked once for each record, in
   * their order.
   *
   * @param line the record's
   */
  abstract @Nullable Known next(long line);

  abstract void add(String json) throws IOException;

  /** All are there: gives the file its name. */
  abstract void end() throws IOException;

  @Override
  public abstract void close() throws IOException;

  /** What has no name to wait for. */
  private static final class Through extends VerdictFile {
    private final Writer writer;

    Through(Writer writer) {
      this.writer = writer;
    }

    @Override
    @Nullable Known next(long line) {
      return null;
    }

    @Override
    void add(String json) throws IOException {
      writer.write(json + "\n");
    }

    @Override
    void end() throws IOException {
      writer.flush();
    }

    @Override
    public void close() throws IOException {
      writer.close();
    }
  }

  /**
   * What an earlier judging left is moved aside, and all is written anew: verdicts that failed are
   * judged again, the others copied.
   */
  private static final class Kept extends VerdictFile {
    private final Path out;
    private final boolean table;
    private final Path lockFile;
    private final Path partial;
    private final Path earlier;
    private final Closeable lock;
    private final BufferedReader known;
    private final Writer writer;
    private boolean exhausted;

    Kept(Path named, String key) throws IOException {
      this.out = WholeFiles.target(named);
      this.table = named.toString().endsWith(".parquet");
      this.lockFile = sibling("lock");
      this.partial = sibling(key + ".partial");
      this.earlier = sibling(key + ".earlier");
      this.lock = locked(lockFile, named);
      gather(partial, earlier);
      this.known =
          Files.exists(earlier)
              ? Files.newBufferedReader(earlier)
              : new BufferedReader(Reader.nullReader());
      this.writer = JsonLines.writer(partial);
    }

    private Path sibling(String name) {
      return out.resolveSibling("." + out.getFileName() + "." + name);
    }

    private static Closeable locked(Path file, Path named) throws IOException {
      return Locks.take(file)
          .orElseThrow(
              () ->
                  new ConfigException(
                      named.toString(),
                      List.of(
                          "another verify is writing it; wait for its end, stop it, or name another"
                              + " --out")));
    }

    /** Puts the rest of what an interrupted judging had yet to copy behind what it wrote. */
    private static void gather(Path partial, Path earlier) throws IOException {
      if (!Files.exists(partial)) {
        return;
      }
      JsonLines.mend(partial);
      if (Files.exists(earlier)) {
        long written;
        try (Stream<String> lines = Files.lines(partial)) {
          written = lines.count();
        }
        try (Stream<String> lines = Files.lines(earlier);
            Writer rest = JsonLines.writer(partial)) {
          for (Iterator<String> left = lines.skip(written).iterator(); left.hasNext(); ) {
            rest.write(left.next());
            rest.write('\n');
          }
        }
      }
      Files.move(partial, earlier, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    @Nullable Known next(long line) {
      try {
        String json = exhausted ? null : known.readLine();
        if (json == null) {
          return null;
        }
        JsonNode node = JSON.readTree(json);
        if (node.path("line").asLong() != line) {
          exhausted = true; // not what this judging left
          return null;
        }
        Outcome outcome = Outcome.valueOf(node.path("outcome").asText().toUpperCase(Locale.ROOT));
        return outcome.isFailure()
            ? null
            : new Known(
                new Verdict(
                    node.path("score").asDouble(), outcome, node.path("reason").asText(), Map.of()),
                json);
      } catch (JsonProcessingException e) {
        exhausted = true;
        return null;
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
      if (table) {
        Path whole = sibling("whole");
        Files.deleteIfExists(whole);
        try (Stream<String> lines = Files.lines(partial)) {
          ParquetFile.write(whole, SCHEMA, () -> lines.map(Kept::tree).iterator());
        }
        Files.move(whole, out, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(partial);
      } else {
        Files.move(partial, out, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.deleteIfExists(earlier);
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
      Files.deleteIfExists(lockFile);
      lock.close();
    }
  }
}
