package org.r1zero.coldstart.records;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.r1zero.verify.records.DataLimit;
import org.r1zero.verify.records.RecordFile;
import org.r1zero.verify.records.RecordText;
import org.r1zero.verify.records.Records;
import org.r1zero.verify.sandbox.ScratchFolder;

/**
 * Reads files of records: JSON lines ({@code .jsonl}, {@code .ndjson}), JSON, CSV, TSV and Parquet,
 * each plain or gzipped ({@code .gz}). What a file is, its name says.
 */
public final class RecordFiles {
  private static final String GZIP = ".gz";
  private static final List<String> ENDINGS =
      List.of(".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet");

  private RecordFiles() {}

  /** Whether a file's name is that of a file of records. */
  public static boolean isKnown(Path file) {
    return ENDINGS.contains(ending(file));
  }

  /**
   * The files of records at a place: the file itself, or all in a folder and its folders in the
   * order of their names; hidden ones and those of other kinds are passed over.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static List<Path> at(Path place) throws IOException {
    if (Files.isRegularFile(place)) {
      return List.of(place);
    }
    if (!Files.isDirectory(place)) {
      throw new IllegalArgumentException(place + ": there is no such file or folder");
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(place)) {
      files =
          all.filter(RecordFiles::isKnown)
              .filter(Files::isRegularFile)
              .filter(file -> !isHidden(place.relativize(file)))
              .sorted()
              .toList();
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException(
          place + ": the folder has no file of records; their names end in " + endings());
    }
    return files;
  }

  private static boolean isHidden(Path relative) {
    for (Path part : relative) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads a file's records.
   *
   * @throws IllegalArgumentException if it is missing, of no known kind, damaged, in another
   *     encoding or larger than {@link DataLimit} allows; the message names it and, where it has
   *     one, the line
   */
  public static void read(Path file, RecordSink sink) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(file + ": there is no such file");
    }
    try {
      readWhole(file, sink);
    } catch (OutOfMemoryError e) { // less than DataLimit, but more than this process has
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: does not fit into the %,d MB of the Java heap, unpacked; if it is meant to be so"
                  + " large, R1ZERO_JAVA_OPTS=-Xmx8g gives the heap 8 GB",
              file,
              Runtime.getRuntime().maxMemory() >> 20),
          e);
    }
  }

  private static void readWhole(Path file, RecordSink sink) throws IOException {
    switch (ending(file)) {
      case ".jsonl", ".ndjson" -> lines(file, sink);
      case ".json" -> JsonDocument.read(file, sink);
      case ".csv" -> Table.read(file, Table.separator(file), sink);
      case ".tsv" -> Table.read(file, '\t', sink);
      case ".parquet" -> parquet(file, sink);
      default -> throw new IllegalArgumentException(file + ": its name must end in " + endings());
    }
  }

  private static String endings() {
    return String.join(", ", ENDINGS) + ", or one of these and " + GZIP;
  }

  /** In lower case, without that of gzip; empty where there is none. */
  private static String ending(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    String plain = name.endsWith(GZIP) ? name.substring(0, name.length() - GZIP.length()) : name;
    int dot = plain.lastIndexOf('.');
    return dot < 0 ? "" : plain.substring(dot);
  }

  static void lines(Path file, RecordSink sink) throws IOException {
    try (RecordFile lines = RecordFile.open(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        JsonNode record;
        try {
          record = Records.parse(line);
        } catch (JsonProcessingException e) {
          sink.unreadable(lines.line(), "is not JSON: " + Records.why(e));
          continue;
        }
        sink.record(lines.line(), record);
      }
    }
  }

  /** Parquet is read from its end: a gzipped one is unpacked first. */
  private static void parquet(Path file, RecordSink sink) throws IOException {
    DataLimit limit = DataLimit.of(file);
    if (!file.toString().endsWith(GZIP)) {
      rows(file, file, limit, sink);
      return;
    }
    try (ScratchFolder scratch = ScratchFolder.create()) { // which is swept if this is killed
      Path unpacked = scratch.path().resolve("unpacked.parquet");
      try (InputStream in = RecordText.counted(file, limit)) {
        Files.copy(in, unpacked);
      } catch (IOException e) {
        throw RecordText.fault(file, e);
      }
      rows(unpacked, file, limit, sink);
    }
  }

  private static void rows(Path file, Path named, DataLimit limit, RecordSink sink)
      throws IOException {
    try (ParquetRows rows = new ParquetRows(file, named, limit)) {
      for (JsonNode row = rows.next(); row != null; row = rows.next()) {
        limit.add(row.toString().length());
        sink.record(rows.row(), Records.whole(row));
      }
    }
  }
}
