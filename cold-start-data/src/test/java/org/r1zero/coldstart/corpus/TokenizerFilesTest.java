package org.r1zero.coldstart.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.coldstart.corpus.BytePairTrainer.Merge;
import org.r1zero.grpo.model.tokenizer.Tokenizer;

/** Our training and files against the tokenizers library, which reads them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenizerFilesTest {
  private static final int VOCABULARY = 380;
  private final List<String> texts = new ArrayList<>();
  private Tokenizer tokenizer;
  private int size;

  @BeforeAll
  void train(@TempDir Path folder) throws IOException {
    SyntheticCorpus corpus = new SyntheticCorpus(CorpusMix.defaults(), 3);
    Stream.generate(corpus).limit(300).map(Document::text).forEach(texts::add);
    size = TokenizerFiles.write(folder, texts, VOCABULARY);
    tokenizer = Tokenizer.open(folder);
  }

  @AfterAll
  void close() {
    tokenizer.close();
  }

  @Test
  void textsOfTheCorpusComeBack() {
    SyntheticCorpus unseen = new SyntheticCorpus(CorpusMix.defaults(), 4);
    Stream.concat(texts.stream(), Stream.generate(unseen).limit(200).map(Document::text))
        .forEach(text -> assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "  two  blanks ",
        "\n\n\tTabs and\r\nlines\n",
        "1234567890",
        "x²+½≠∞ é ñ ü",
        "首先，然后",
        "🙂🙃 five 👩‍👩‍👧",
        "<think>a</think> <answer> 5 </answer>",
        "<think><think></answer>",
        "don't WE'LL they've",
        "\u3000wide blank, \u00a0 hard blank",
        "\u0000 control \u001b",
        "[INST] <s> </s> <|im_end|>"
      })
  void anyTextComesBack(String text) {
    int[] tokens = tokenizer.encode(text);
    assertThat(tokenizer.decode(tokens)).isEqualTo(text);
    assertThat(Arrays.stream(tokens)).allMatch(t -> t > 0 && t < size);
  }

  @Test
  void digitsAreSingle() {
    int[] tokens = tokenizer.encode("12345 67");
    assertThat(Arrays.stream(tokens).mapToObj(t -> tokenizer.decode(new int[] {t})))
        .containsExactly("1", "2", "3", "4", "5", " ", "6", "7");
  }

  @Test
  void tagsAndTheEndAreOneTokenEach() {
    assertThat(tokenizer.encode("<|endoftext|>")).containsExactly(0);
    assertThat(tokenizer.encode("<think></think><answer></answer>")).containsExactly(1, 2, 3, 4);
    assertThat(tokenizer.decode(new int[] {0, 1, 2, 3, 4, 0}))
        .as("tags are text, the end is not")
        .isEqualTo("<think></think><answer></answer>");
    assertThat(tokenizer.specialTokens().endOfSequence()).containsExactly(0);
  }

  @Test
  void theVocabularyIsAsLargeAsAskedFor() {
    assertThat(size).isEqualTo(VOCABULARY);
  }

  @Test
  void wordsAreCutByTheLearnedMerges() {
    List<String> bare = texts.stream().map(t -> t.replaceAll("</?(think|answer)>", "\n")).toList();
    List<Merge> merges = BytePairTrainer.train(bare, VOCABULARY - 261);
    for (String word : " marbles, stamps; Question: howmany conclusions doubtful".split(" ", -1)) {
      List<String> pieces = new ArrayList<>();
      for (int token : tokenizer.encode(word.replaceAll("\\W", ""))) {
        pieces.add(tokenizer.decode(new int[] {token}));
      }
      assertThat(pieces).isEqualTo(cut(word.replaceAll("\\W", ""), merges));
    }
    assertThat(tokenizer.encode(" many")).as("a frequent word").hasSize(1);
  }

  /** Applies the merges in the order in which they were learned. */
  private static List<String> cut(String word, List<Merge> merges) {
    List<String> pieces = new ArrayList<>(word.chars().mapToObj(Character::toString).toList());
    for (Merge merge : merges) {
      for (int i = 0; i + 1 < pieces.size(); i++) {
        if (pieces.get(i).equals(merge.left()) && pieces.get(i + 1).equals(merge.right())) {
          pieces.set(i, merge.left() + pieces.remove(i + 1));
        }
      }
    }
    return pieces;
  }
}
