package org.r1zero.verify.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class RecordFileTest {
  private static final long MB = 1 << 20;
  @TempDir private Path folder;

  private static List<String> lines(RecordFile file) throws IOException {
    List<String> lines = new ArrayList<>();
    try (file) {
      for (String line = file.next(); line != null; line = file.next()) {
        lines.add(file.line() + " " + line);
      }
    }
    return lines;
  }

  @Test
  void linesMayEndInAnyWayAndBeginWithAByteOrderMark() throws IOException {
    Path file =
        Files.writeString(folder.resolve("a"), "\uFEFFone\r\n\r\ntwo\rthree\n \nfour\u2028x");
    assertThat(lines(RecordFile.open(file)))
        .containsExactly("1 one", "3 two", "4 three", "6 four\u2028x");
  }

  @Test
  void whatModelsSaidIsReadAlsoWhereItIsNotUtf8() throws IOException {
    Path file = Files.write(folder.resolve("a"), new byte[] {'a', (byte) 0xff, '\n', 'b'});
    assertThat(lines(RecordFile.openLeniently(file))).containsExactly("1 a\uFFFD", "2 b");
    assertThatThrownBy(() -> lines(RecordFile.open(file)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(file + ":1: is not in UTF-8; convert the file to UTF-8");
  }

  /** Megabytes of blanks in a few kilobytes: one record, then many short ones. */
  @ParameterizedTest
  @CsvSource({"'x', more than 1 MB in one record", "'\n', more than 16 MB"})
  void smallFileThatUnpacksToALargeOneIsRefused(String filler, String message) throws IOException {
    Path file = folder.resolve("bomb.jsonl.gz");
    byte[] block = filler.translateEscapes().repeat((int) MB).getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < 40; i++) {
        out.write(block);
      }
    }
    assertThat(Files.size(file)).isLessThan(100_000);
    assertThatThrownBy(() -> lines(RecordFile.open(file, true, new DataLimit(file, 16 * MB))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContainingAll(message, "set R1ZERO_MAX_DATA_MB to more");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"a\\ud83d\"|a\uFFFD",
        "\"\\uDE00\\uD83D\"|\uFFFD\uFFFD",
        "\"\\ud83d\\ude00\"|😀",
        "\"plain\"|plain"
      })
  void halfACharacterIsReplaced(String json, String expected) throws IOException {
    assertThat(Records.parse(json).textValue()).isEqualTo(expected);
    String nested = "{\"k\": [{\"m\": " + json + ", \"n\": 1}]}";
    assertThat(Records.parse(nested).at("/k/0/m").textValue()).isEqualTo(expected);
    assertThat(Records.parse(nested).at("/k/0/n").intValue()).isEqualTo(1);
  }

  @Test
  void textCutInTheMiddleOfACharacterIsWhole() {
    assertThat(Records.shortened("ab😀c", 3, "…")).isEqualTo("ab\uFFFD…");
    assertThat(Records.shortened("ab😀c", 4, "…")).isEqualTo("ab😀…");
    assertThat(Records.shortened("ab😀c", 5, "…")).isEqualTo("ab😀c");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 9, 30})
  void gzipFileThatIsCutOffIsNamed(int missing) throws IOException {
    Path whole = folder.resolve("whole.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(whole))) {
      out.write("{\"one\": 1}\n{\"two\": 2}\n".getBytes(StandardCharsets.UTF_8));
    }
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = Files.write(folder.resolve("cut.gz"), Arrays.copyOf(bytes, bytes.length - missing));
    assertThatThrownBy(() -> lines(RecordFile.open(cut)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(cut + ": can't be read")
        .hasMessageContaining("it is truncated or damaged: ")
        .hasMessageNotContaining("null");
    Path empty = Files.write(folder.resolve("empty.gz"), new byte[0]);
    assertThatThrownBy(() -> RecordFile.open(empty))
        .hasMessage(empty + ": its name ends in .gz, but it is not a gzip file: it ends too early");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[|2000|nesting depth (1001) exceeds the maximum allowed (1000)",
        "9|5000|length (5000) exceeds the maximum allowed (1000)",
        "NaN|1|Non-standard token 'NaN'",
        "{|1|expected close marker for Object",
        "[1,|1|Unexpected end-of-input"
      })
  void whatTheParserRefusesIsSaidWithoutItsSwitches(String part, int times, String reason) {
    String json = part.repeat(times);
    assertThatThrownBy(() -> Records.parse(json))
        .isInstanceOfSatisfying(
            JsonProcessingException.class,
            e -> assertThat(Records.why(e)).contains(reason).doesNotContain("`", "Source:"));
  }
}
