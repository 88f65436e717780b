package org.r1zero.coldstart.curate;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPOutputStream;
import org.r1zero.coldstart.records.BadRecord;
import org.r1zero.coldstart.records.ParquetFile;
import org.r1zero.coldstart.records.RecordFiles;
import org.r1zero.coldstart.records.RecordSink;

/**
 * Files of examples: read in all formats of {@link RecordFiles}, written as {@code .jsonl}, {@code
 * .jsonl.gz} and {@code .parquet}.
 */
public final class ExampleFiles {
  private static final String PARQUET =
      "optional binary prompt (STRING); optional binary completion (STRING);"
          + " optional group messages (LIST) { repeated group list { optional group element {"
          + " optional binary role (STRING); optional binary content (STRING); } } }"
          + " optional binary problem (STRING); optional int32 difficulty;";

  private ExampleFiles() {}

  /**
   * What a file holds.
   *
   * @param examples in order
   * @param bad records that can't be used
   */
  public record Contents(List<Example> examples, List<BadRecord> bad) {
    /** Fixes the lists. */
    public Contents {
      examples = List.copyOf(examples);
      bad = List.copyOf(bad);
    }
  }

  /**
   * Reads a file.
   *
   * @param maxBad more bad records than this stop the reading
   * @throws IllegalArgumentException if the file is missing, is of no known kind, or has too many
   *     bad records
   */
  public static Contents read(Path file, int maxBad) throws IOException {
    return read(file, maxBad, example -> {});
  }

  /**
   * Reads a file whose examples must be of use for something.
   *
   * @param use throws an {@link IllegalArgumentException} where an example is not: then its record
   *     is a bad one
   */
  public static Contents read(Path file, int maxBad, Consumer<Example> use) throws IOException {
    List<Example> examples = new ArrayList<>();
    List<BadRecord> bad =
        each(
            file,
            maxBad,
            record -> {
              Example example = ExampleForm.read(record);
              use.accept(example);
              examples.add(example);
            });
    return new Contents(examples, bad);
  }

  /**
   * Reads a file's records one after another.
   *
   * @param maxBad more bad records than this stop the reading
   * @param use throws an {@link IllegalArgumentException} where a record can't be used
   * @return the records that could not be read or used
   * @throws IllegalArgumentException if the file is missing, is of no known kind, or has too many
   *     bad records
   */
  public static List<BadRecord> each(Path file, int maxBad, Consumer<JsonNode> use)
      throws IOException {
    List<BadRecord> bad = new ArrayList<>();
    RecordFiles.read(
        file,
        new RecordSink() {
          @Override
          public void record(long line, JsonNode record) {
            try {
              use.accept(record);
            } catch (IllegalArgumentException e) {
              unreadable(line, String.valueOf(e.getMessage()));
            }
          }

          @Override
          public void unreadable(long line, String why) {
            bad.add(new BadRecord(file.toString(), line, why));
            requireFew(bad, maxBad);
          }
        });
    return bad;
  }

  /**
   * Checks that a file has not too many bad records.
   *
   * @throws IllegalArgumentException if it has more than allowed; the message lists the first
   */
  public static void requireFew(List<BadRecord> bad, int maxBad) {
    if (bad.size() > maxBad) {
      throw new TooManyBadRecords(bad, maxBad);
    }
  }

  /** Writes a file, of the kind that its name says. */
  public static void write(Path file, Iterable<Example> examples, ExampleForm form)
      throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(".parquet")) {
      Iterable<JsonNode> records =
          () ->
              StreamSupport.stream(examples.spliterator(), false)
                  .<JsonNode>map(form::write)
                  .iterator();
      ParquetFile.write(file, PARQUET, records);
      return;
    }
    try (OutputStream raw = Files.newOutputStream(file);
        OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(raw) : raw;
        BufferedWriter lines =
            new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8))) {
      for (Example example : examples) {
        lines.write(form.write(example).toString());
        lines.write('\n');
      }
    }
  }

  /** There are more bad records than allowed. */
  private static final class TooManyBadRecords extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    TooManyBadRecords(List<BadRecord> bad, int maxBad) {
      super(
          "more than "
              + maxBad
              + " bad records (max_bad allows more):"
              + (bad.size() == 1 ? " " : "\n  ")
              + String.join("\n  ", bad.stream().limit(20).map(BadRecord::toString).toList()));
    }
  }
}
