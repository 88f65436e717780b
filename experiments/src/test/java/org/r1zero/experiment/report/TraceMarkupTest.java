package org.r1zero.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.r1zero.experiment.evaluate.Judges;

class TraceMarkupTest {
  private final TraceMarkup markup = new TraceMarkup(Judges.languageOf("en"));

  @Test
  void theAnswerIsMarkedWhereItStandsLast() {
    assertThat(markup.html("12 apples. So the answer is 12", "12", true))
        .isEqualTo(
            "12 apples. So the answer is <mark class=\"answer right\" title=\"answer\">12</mark>");
    assertThat(markup.html("So the answer is 13", "13", false)).contains("answer wrong");
    assertThat(markup.html("So it is one half", "1/2", false)).doesNotContain("<mark");
  }

  @Test
  void wordsOfAnotherLanguageAndSentencesSaidBeforeAreMarked() {
    String html = markup.html("We add the numbers. We add the numbers. 我们把它们加起来。", null, false);
    assertThat(html).contains("<mark class=\"again\"").contains("<mark class=\"foreign\"");
  }

  @Test
  void nothingOfATextBecomesMarkup() {
    assertThat(markup.html("<b onclick='x'>1</b>", "1", true)).doesNotContain("<b");
    assertThat(TraceMarkup.verdict("<i>", "correct", "\"&")).contains("&lt;i&gt;", "&quot;&amp;");
  }
}
