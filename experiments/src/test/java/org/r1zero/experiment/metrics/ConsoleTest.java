package org.r1zero.experiment.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleTest {
  private static final String ESC = "\u001b";
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "001b, \\u001b", // starts every escape sequence
    "0007, \\u0007",
    "0008, \\u0008", // overtypes
    "000d, \\u000d", // overwrites the line
    "007f, \\u007f",
    "009b, \\u009b", // the one-character form of ESC [
    "202e, \\u202e", // shows what follows from right to left
    "2066, \\u2066",
    "200f, \\u200f",
    "061c, \\u061c",
    "2028, \\u2028",
    "feff, \\ufeff",
    "e0041, \\udb40\\udc41", // an invisible letter A
  })
  void whatSteersATerminalIsWrittenOut(String hex, String shown) {
    String text = "a" + Character.toString(Integer.parseInt(hex, 16)) + "b";
    assertThat(ShownText.shown(text)).isEqualTo("a" + shown + "b");
    Console.of(out()).print(text);
    assertThat(said()).isEqualTo("a" + shown + "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "plain\n\ttext", "é ½ 漢字 🎉 👩‍🚀 العربية", "{\"a\": \"\\u001b\"}"})
  void allOtherTextIsAsItWas(String text) {
    assertThat(ShownText.shown(text)).isEqualTo(text);
  }

  @Test
  void charactersThatComeInPiecesArePutTogether() {
    Console console = Console.of(out());
    for (byte b : "é漢🎉\u009b.".getBytes(StandardCharsets.UTF_8)) {
      console.write(b);
    }
    assertThat(said()).isEqualTo("é漢🎉\\u009b.");
    console.write(0x9b); // no UTF-8: a terminal of eight bits would take it for ESC [
    console.print("!");
    assertThat(bytes.toByteArray()).doesNotContain(0x1b);
    assertThat(said()).isEqualTo("é漢🎉\\u009b.\ufffd!");
  }

  @Test
  void aStatusLineMakesRoomForLines() {
    Console console = Console.terminal(out(), () -> 80, false);
    console.status(new StatusLine().add(0, "one"));
    console.status(new StatusLine().add(0, "two"));
    console.println("a line");
    console.println("another");
    String clear = "\r" + ESC + "[K";
    assertThat(said()).isEqualTo(clear + "one" + clear + "two" + clear + "a line\nanother\n");
  }

  @Test
  void aStatusLineIsNotShownElsewhere() {
    Console.of(out()).status(new StatusLine().add(0, "one"));
    assertThat(said()).isEmpty();
  }

  @Test
  void whatANarrowWindowHasNoRoomForIsLeftOutTheLeastFirst() {
    StatusLine line =
        new StatusLine().add(2, "[##--]", Style.GOOD).add(0, "step 3/40").add(1, "reward 0.5");
    assertThat(line.fit(40, false)).isEqualTo("[##--]  step 3/40  reward 0.5");
    assertThat(line.fit(28, false)).isEqualTo("step 3/40  reward 0.5");
    assertThat(line.fit(20, false)).isEqualTo("step 3/40");
    assertThat(line.fit(4, false)).isEqualTo("step");
    assertThat(line.fit(40, true)).startsWith(ESC + "[32m[##--]" + ESC + "[0m  step");
  }

  @Test
  void colourAndPathsDoNotMakeItWider() {
    StatusLine line = new StatusLine().add(0, "漢".repeat(30) + ESC + "[2J", Style.BOLD);
    assertThat(line.fit(21, true)).isEqualTo(ESC + "[1m" + "漢".repeat(10) + ESC + "[0m");
    assertThat(new StatusLine().add(0, "a\nb" + ESC).fit(80, false)).isEqualTo("a b\\u001b");
  }

  @Test
  @SuppressWarnings("try")
  void logsGetWholeLinesWithoutColourAndStatus() throws IOException {
    Console console = Console.terminal(out(), () -> 80, true);
    Path outer = folder.resolve("outer.log");
    Path inner = folder.resolve("inner.log");
    console.println("before");
    try (Closeable one = console.copyTo(outer)) {
      console.say("WARNING: x" + ESC, Style.WARNING);
      try (Closeable two = console.copyTo(inner)) {
        console.status(new StatusLine().add(0, "step 1"));
        console.print("in two ");
        console.println("parts");
        console.note("a note");
      }
      console.println("after");
    }
    console.println("later");
    assertThat(withoutTime(outer))
        .containsExactly("WARNING: x\\u001b", "in two parts", "a note", "after");
    assertThat(withoutTime(inner)).containsExactly("in two parts", "a note");
    assertThat(said()).contains("parts").doesNotContain("a note");
  }

  private static List<String> withoutTime(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .map(line -> line.replaceFirst("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ ", ""))
        .toList();
  }

  private PrintStream out() {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private String said() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
