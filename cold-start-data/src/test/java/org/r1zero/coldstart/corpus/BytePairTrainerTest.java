package org.r1zero.coldstart.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.r1zero.coldstart.corpus.BytePairTrainer.Merge;

class BytePairTrainerTest {

  /** GPT-2's {@code bytes_to_unicode}. */
  @Test
  void eachByteHasAPrintableCharacterOfItsOwn() {
    List<String> tokens = BytePairTrainer.byteTokens();
    assertThat(tokens).hasSize(256).doesNotHaveDuplicates();
    assertThat(tokens.get('A')).isEqualTo("A");
    assertThat(tokens.get('~')).isEqualTo("~");
    assertThat(tokens.get(0)).isEqualTo("\u0100");
    assertThat(tokens.get('\n')).isEqualTo("\u010A");
    assertThat(tokens.get(' ')).isEqualTo("\u0120");
    assertThat(tokens.get(127)).isEqualTo("\u0121");
    assertThat(tokens.get(173)).isEqualTo("\u0143");
    assertThat(tokens.get(255)).isEqualTo("\u00FF");
  }

  /**
   * The words are "ab", " ab" twice and " cd" twice. The pair a-b occurs three times; then c-d, and
   * the blank with ab and with c, twice each: the alphabet decides.
   */
  @Test
  void mergesTheMostFrequentPairFirst() {
    assertThat(BytePairTrainer.train(List.of("ab ab ab cd", "x cd"), 10))
        .containsExactly(
            new Merge("a", "b"),
            new Merge("c", "d"),
            new Merge("\u0120", "ab"),
            new Merge("\u0120", "cd"));
    assertThat(BytePairTrainer.train(List.of("ab ab ab cd", "x cd"), 1))
        .containsExactly(new Merge("a", "b"));
  }

  @Test
  void mergesRunsFromTheLeft() {
    assertThat(BytePairTrainer.train(List.of("aaaa", "aaaa"), 5))
        .containsExactly(new Merge("a", "a"), new Merge("aa", "aa"));
  }

  @Test
  void digitsAndRarePairsStaySingle() {
    assertThat(BytePairTrainer.train(List.of("12 12 12 1212", "x12x12"), 10)).isEmpty();
    assertThat(BytePairTrainer.train(List.of("abc def"), 10)).isEmpty();
  }

  @Test
  void mergesBytesOfOneCharacter() {
    assertThat(BytePairTrainer.train(List.of("é é"), 1))
        .containsExactly(new Merge("\u00C3", "\u00A9"));
  }
}
