package org.r1zero.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.r1zero.experiment.evaluate.Judges;
import org.r1zero.rollout.trace.RolloutTrace;

class TraceMarkupTest {
  private final TraceMarkup markup = new TraceMarkup(Judges.languageOf("en"));

  @Test
  void theAnswerIsMarkedWhereItStandsLast() {
    assertThat(html("12 apples. So the answer is 12", "12", true))
        .isEqualTo(
            "12 apples. So the answer is <mark class=\"answer right\" title=\"answer\">12</mark>");
    assertThat(html("So the answer is 13", "13", false)).contains("answer wrong");
    assertThat(html("So it is one half", "1/2", false)).doesNotContain("<mark");
  }

  @Test
  void wordsOfAnotherLanguageAndSentencesSaidBeforeAreMarked() {
    String html = html("We add the numbers. We add the numbers. 我们把它们加起来。", null, false);
    assertThat(html).contains("<mark class=\"again\"").contains("<mark class=\"foreign\"");
  }

  @Test
  void nothingOfATextBecomesMarkup() {
    assertThat(html("<b onclick='x'>1</b>", "1", true)).doesNotContain("<b");
    assertThat(
            TraceMarkup.verdicts(
                    Map.of("<i>", new RolloutTrace.VerdictTrace(1, "correct", "\"&\u0001")))
                .toString())
        .isEqualTo(
            "<ul class=\"verdicts\"><li><span class=\"good\">✓ &lt;i&gt;</span>"
                + " &quot;&amp;\ufffd</li></ul>");
    assertThat(Html.of("p", "a", Html.of("b", "<")).with("title", "\"'").toString())
        .isEqualTo("<p title=\"&quot;&#39;\">a<b>&lt;</b></p>");
  }

  private String html(String text, @Nullable String answer, boolean right) {
    return markup.html(text, answer, right).toString();
  }
}
