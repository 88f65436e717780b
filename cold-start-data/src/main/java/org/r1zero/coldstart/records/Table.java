package org.r1zero.coldstart.records;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.r1zero.verify.records.RecordFile;
import org.r1zero.verify.records.RecordText;
import org.r1zero.verify.records.Records;

/** Tables of text, as RFC 4180 has them: the first line names the columns; empty cells are none. */
final class Table {
  private Table() {}

  /** What stands between the columns: a comma, or a semicolon where only that is in the header. */
  static char separator(Path file) throws IOException {
    try (RecordFile lines = RecordFile.open(file)) {
      String header = lines.next();
      return header != null && header.indexOf(',') < 0 && header.indexOf(';') >= 0 ? ';' : ',';
    }
  }

  static void read(Path file, char separator, RecordSink sink) throws IOException {
    CSVFormat format =
        CSVFormat.RFC4180.builder().setDelimiter(separator).setIgnoreEmptyLines(true).build();
    long line = 1;
    try (Reader text = RecordText.open(file);
        CSVParser parser = format.parse(text)) {
      List<String> names = List.of();
      for (CSVRecord row : parser) {
        if (names.isEmpty()) {
          names = names(file, row);
        } else if (row.size() != names.size()) {
          sink.unreadable(
              line, "has " + row.size() + " cells, its header " + names.size() + " columns");
        } else {
          sink.record(line, record(names, row));
        }
        line = parser.getCurrentLineNumber() + 1;
      }
    } catch (CharacterCodingException | ZipException e) {
      throw RecordText.fault(file, e);
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      if (e.getCause() instanceof CharacterCodingException coding) {
        throw RecordText.fault(file, coding);
      }
      throw new IllegalArgumentException(
          file + ":" + line + ": the row that begins here can't be read as CSV: " + why(e), e);
    }
  }

  /** The library's message without its own prefix of class names. */
  private static String why(Exception e) {
    Throwable last = e.getCause() == null ? e : e.getCause();
    return String.valueOf(last.getMessage());
  }

  private static List<String> names(Path file, CSVRecord header) {
    List<String> names = header.stream().map(String::strip).toList();
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new IllegalArgumentException(
            file + ":1: the header must name each column once, was " + names);
      }
    }
    return names;
  }

  private static ObjectNode record(List<String> names, CSVRecord row) {
    ObjectNode record = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < names.size(); i++) {
      if (!row.get(i).isEmpty()) {
        record.put(names.get(i), Records.whole(row.get(i)));
      }
    }
    return record;
  }
}
