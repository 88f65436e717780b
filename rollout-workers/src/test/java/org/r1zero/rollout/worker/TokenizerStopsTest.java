package org.r1zero.rollout.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.rollout.TinyTokenizer;

class TokenizerStopsTest {
  private static final int END = 0;
  @TempDir private Path folder;

  @Test
  void endsAtTheEndOfSequenceToken() throws IOException {
    try (Tokenizer tokenizer = TinyTokenizer.ofBytes(folder)) {
      for (List<String> stops : List.of(List.<String>of(), List.of("x"))) {
        TokenizerStops stop = new TokenizerStops(tokenizer, stops);
        int[] tokens = {1 + 'a', END, 1 + 'b'};
        assertThat(stop.stops(tokens, 1)).isFalse();
        assertThat(stop.stops(tokens, 2)).isTrue();
        assertThat(stop.stops(tokens, 3)).as("only the newest token counts").isFalse();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "</answer>, so <answer> 5 </answer>",
    "答案, 所以答案",
    "案, 所以答案",
    "🙂, 五🙃🙂",
    "🙂, 🙂",
    "é, eeeeeeeeeé",
    "b, b",
    "' \n', 'a\n \n'",
  })
  void endsWhereAStopTextOfManyByteTokensEnds(String stopText, String text) throws IOException {
    try (Tokenizer bytes = TinyTokenizer.ofBytes(folder)) {
      assertStopsAtTheEndOnly(bytes, stopText, text);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "</answer>, so <answer> 5 </answer>",
    "答案, 所以答案",
    "案, 所以答案",
    "🙂, 五🙃🙂",
    "é, eeeeèè1é",
    "b, b",
  })
  void endsAmongFallbackBytes(String stopText, String text) throws IOException {
    try (Tokenizer bytes = TinyTokenizer.ofFallbackBytes(folder)) {
      assertStopsAtTheEndOnly(bytes, stopText, text);
    }
  }

  @Test
  void aTokenMayHoldMoreThanTheStopText() throws IOException {
    try (Tokenizer tokenizer = TinyTokenizer.ofBytes(folder, ">!")) {
      TokenizerStops stop = new TokenizerStops(tokenizer, List.of("no", "</a>"));
      int[] tokens = {1 + 'x', 1 + '<', 1 + '/', 1 + 'a', 257};
      assertThat(stop.stops(tokens, 4)).isFalse();
      assertThat(stop.stops(tokens, 5)).isTrue();
    }
  }

  @Test
  void theTextOfASpecialTokenCanStop() throws IOException {
    try (Tokenizer tokenizer = TinyTokenizer.ofBytes(folder)) {
      TokenizerStops stop = new TokenizerStops(tokenizer, List.of("end>a"));
      assertThat(stop.stops(new int[] {END, 1 + 'a'}, 2)).isTrue();
    }
  }

  private static void assertStopsAtTheEndOnly(Tokenizer bytes, String stopText, String text) {
    assertThat(stopsAt(bytes, stopText, text)).containsExactly(bytes(text).length);
  }

  /** The lengths at which it would stop. */
  private static List<Integer> stopsAt(Tokenizer tokenizer, String stopText, String text) {
    TokenizerStops stop = new TokenizerStops(tokenizer, List.of(stopText));
    int[] tokens = tokens(text);
    return java.util.stream.IntStream.rangeClosed(1, tokens.length)
        .filter(length -> stop.stops(tokens, length))
        .boxed()
        .toList();
  }

  private static int[] tokens(String text) {
    byte[] bytes = bytes(text);
    int[] tokens = new int[bytes.length];
    Arrays.setAll(tokens, i -> 1 + (bytes[i] & 0xff));
    return tokens;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
