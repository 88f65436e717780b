package org.r1zero.verify.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierContractTest;

@Tag("slow")
class LanguageConsistencyVerifierTest extends VerifierContractTest {

  @Override
  protected Verifier create() {
    return create("{}");
  }

  @Override
  protected Problem problem() {
    return new Problem("language/1", "?", "");
  }

  @Override
  protected List<Completion> right() {
    return List.of(
        Completion.of("<think> First we add the apples and then we count them. </think>"),
        Completion.of("<think> `x = 5` is all. </think> <answer> 5 </answer>"));
  }

  @Override
  protected List<Completion> wrong() {
    return List.of(
        Completion.of("First we add the apples. 然后我们把它们数一遍。"),
        Completion.of("Zuerst zählen wir alle Äpfel zusammen und dann die Birnen."));
  }

  @Override
  protected int manyTexts() {
    return 500;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en | We add three and four.                                 | 1",
        "en | 首先把三和四相加。                                        | 0",
        "en | Складываем три и четыре.                               | 0",
        "es | Sumamos los tres números y dividimos entre cuatro.     | 1",
        "es | We add the three numbers and divide them by four.      | 0",
        "zh | 首先把三和四相加，得到七。                                 | 1",
        "zh | まず三と四を足します。                                    | 0",
        "zh | First we add three and four.                           | 0",
        "ja | まず三と四を足すと、七になります。                          | 1",
        "ja | 首先把三和四相加。                                        | 0",
        "ko | 먼저 셋과 넷을 더합니다.                                  | 1",
        "ru | Сначала сложим три и четыре, получим семь.             | 1",
        "ru | Спочатку складемо три і чотири, отримаємо сім.         | 0",
      })
  void tellsTheLanguage(String language, String text, double score) {
    assertThat(judge(language, text).score()).as(text).isEqualTo(score);
  }

  // Everything between the two sentences is not counted: nine English words remain.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "```\\nfür(jeden) = apfel.mache(nichts)\\n```",
        "`für(jeden)`",
        "$für \\cdot jeden$",
        "\\(für jeden\\)",
        "\\[für jeden Apfel\\]",
        "$$für jeden Apfel$$",
        "\\begin{align} für jeden Apfel \\end{align}",
        "https://beispiel.de/für-jeden-apfel",
        "<für jeden>",
        "Jürgen and Müller",
        "x_für y_jeden z1",
        "BRD DDR UdSSR",
        "12 km 5 kg",
      })
  void countsNoCodeFormulasNamesOrUnits(String between) {
    String text =
        "We add the apples " + between.replace("\\n", "\n") + " here.\nNow we divide them all.";
    Verdict verdict = judge("en", text);
    assertThat(verdict.score()).as(verdict.reason()).isEqualTo(1);
    assertThat(verdict.parts().get("words")).isBetween(9.0, 12.0);
  }

  @Test
  void takesPricesForProseAndNotForFormulas() {
    Verdict verdict = judge("en", "She pays $5 for the bread and then $10 for the milk.");
    assertThat(verdict.parts()).containsEntry("words", 10.0);
  }

  @Test
  void countsTheSharesOfWords() {
    Verdict verdict =
        judge(
            "en",
            "We add the number of apples to the other number.\nDann dividieren wir sie durch die Anzahl.");
    assertThat(verdict.parts()).containsEntry("words", 16.0).containsEntry("foreign_words", 6.0);
    assertThat(verdict.score()).isEqualTo(10.0 / 16, within(1e-12));
    assertThat(verdict.outcome()).isEqualTo(Outcome.PARTIAL);
    assertThat(verdict.reason())
        .isEqualTo("62.5 % of 16 words are in 'en'; not: Dann, dividieren, wir");
  }

  @Test
  void countsTwoCharactersAsAWordWhereThereAreNoSpaces() {
    assertThat(judge("en", "We get 首先相加 here.").parts())
        .containsEntry("words", 5.0)
        .containsEntry("foreign_words", 2.0);
  }

  @Test
  void findsSingleForeignSentencesOfOneWord() {
    assertThat(judge("en", "First 3+4=7. Luego 7*2=14. Entonces la respuesta es 14.").outcome())
        .isEqualTo(Outcome.PARTIAL);
    assertThat(judge("en", "First 3+4=7. Then 7*2=14. So the answer is 14.").score()).isEqualTo(1);
  }

  @Test
  void seesThroughCapitals() {
    assertThat(judge("en", "Wir Addieren Jetzt Die Beiden Zahlen Und Teilen Danach").score())
        .isLessThan(0.5);
    assertThat(judge("en", "WIR ADDIEREN JETZT DIE BEIDEN ZAHLEN UND TEILEN DANACH").score())
        .isLessThan(0.5);
  }

  @Test
  void judgesTheReasoningAloneIfWanted() {
    Verifier thinking = create("{\"part\": \"thinking\"}");
    String text =
        "<think>We add them all up.</think> <answer>Die Antwort ist leider unbekannt</answer>";
    assertThat(thinking.verify(problem(), Completion.of(text)).score()).isEqualTo(1);
    assertThat(create().verify(problem(), Completion.of(text)).score()).isLessThan(0.9);
  }

  @Test
  void readsItsOptions() {
    Verifier german = create("{\"language\": \"de\", \"languages\": [\"en\"], \"min_share\": 0.5}");
    Completion mixed =
        Completion.of(
            "Wir zählen zuerst alle roten und blauen Kugeln zusammen. Then we throw half of them away.");
    Verdict verdict = german.verify(problem(), mixed);
    assertThat(verdict.outcome()).isEqualTo(Outcome.CORRECT);
    assertThat(verdict.score()).isBetween(0.5, 0.9);
    assertThatThrownBy(() -> create("{\"language\": \"xx\"}"))
        .hasMessageContaining("option 'language' must be one of af, ar,");
    assertThatThrownBy(() -> create("{\"languages\": [\"en\", \"english\"]}"))
        .hasMessageContaining("option 'languages' has 'english'");
    assertThatThrownBy(() -> create("{\"min_share\": 2}")).hasMessageContaining("'min_share'");
  }

  @Test
  void refusesAProblemInALanguageThatItWasNotGiven() {
    assertThatThrownBy(() -> judge("sw", "Habari"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not know the language 'sw'")
        .hasMessageContaining("option 'languages'");
  }

  @Test
  void aTextWithoutWordsIsNotInTheLanguage() {
    for (String text :
        List.of("", "42", "$x = 5$", "<think>1 + 1 = 2</think> <answer> 2 </answer>")) {
      assertThat(judge("en", text)).as(text).extracting(Verdict::score).isEqualTo(0.0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "```\\n我们先计算这个数字然后再把它们加在一起\\n```",
        "```我们先计算这个数字",
        "```\\nwir rechnen zuerst die Zahlen aus und addieren sie dann\\n```",
        "`wir rechnen zuerst die Zahlen aus`",
        "$我们先计算这个数字$",
        "$\\text{我们先计算这个数字}$",
        "$\\text{wir addieren} + \\text{die Zahlen}$",
        "\\[wir rechnen zuerst die Zahlen aus\\]",
        "\\begin{align} складываем числа \\end{align}",
        "wir rechnen zuerst die Zahlen aus und addieren sie;\\n",
        "wir1 rechnen1 zuerst1 die1 Zahlen1 aus1 und1 addieren1 sie1",
        "wir_rechnen_zuerst_die_Zahlen_aus_und_addieren_sie",
        "<wir><rechnen><zuerst><die><Zahlen><aus><und><addieren><sie>",
        "http://我们先计算这个数字",
        "我\u200b们\u200b先\u200b计\u200b算",
        "w o m e n x i a n j i s u a n"
      })
  void seesWordsBehindMarks(String thinking) {
    String text = "<think>" + thinking.replace("\\n", "\n") + "</think> <answer>5</answer>";

    assertThat(judge("en", text)).extracting(Verdict::score).isEqualTo(0.0);
  }

  private Verdict judge(String language, String text) {
    Problem problem =
        new Problem(
            "language/1", "?", "", JsonNodeFactory.instance.objectNode().put("language", language));
    return create().verify(problem, Completion.of(text));
  }

  private static Verifier create(String options) {
    try {
      return new LanguageConsistencyVerifier.Provider()
          .create(new ObjectMapper().readTree(options));
    } catch (JsonProcessingException e) {
      throw new AssertionError(options, e);
    }
  }
}
