package org.r1zero.verify.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import org.junit.jupiter.api.Test;

class ReasoningFormatTest {

  @Test
  void defaultsToThinkAndAnswer() throws JsonProcessingException {
    assertThat(ReasoningFormat.DEFAULT)
        .isEqualTo(new ReasoningFormat("<think>", "</think>", "<answer>", "</answer>", false));
    assertThat(ReasoningFormat.parse(json("{}"))).isEqualTo(ReasoningFormat.DEFAULT);
    assertThat(ReasoningFormat.parse(MissingNode.getInstance())).isEqualTo(ReasoningFormat.DEFAULT);
  }

  @Test
  void readsEveryOption() throws JsonProcessingException {
    JsonNode node =
        json(
            """
            {"think_open": "<t>", "think_close": "</t>", "answer_open": "<a>",
             "answer_close": "</a>", "prompt_opens_think": true}""");
    assertThat(ReasoningFormat.parse(node))
        .isEqualTo(new ReasoningFormat("<t>", "</t>", "<a>", "</a>", true));
  }

  @Test
  void changesWhoOpensTheReasoning() {
    ReasoningFormat opened = ReasoningFormat.DEFAULT.withPromptOpensThink(true);
    assertThat(opened.promptOpensThink()).isTrue();
    assertThat(opened.withPromptOpensThink(false)).isEqualTo(ReasoningFormat.DEFAULT);
  }

  @Test
  void refusesTagsThatCanNotBeToldApart() {
    assertThatThrownBy(() -> new ReasoningFormat("<t>", "<t>", "<a>", "</a>", false))
        .hasMessageContaining("must be different and not blank");
    assertThatThrownBy(() -> new ReasoningFormat("<t>", " ", "<a>", "</a>", false))
        .hasMessageContaining("must be different and not blank");
    assertThatThrownBy(() -> new ReasoningFormat("<t>", "/<t>/", "<a>", "</a>", false))
        .hasMessage("tag <t> is a part of tag /<t>/");
  }

  @Test
  void refusesUnknownOptions() {
    assertThatThrownBy(() -> ReasoningFormat.parse(json("{\"think_start\": \"<t>\"}")))
        .hasMessageContaining("unknown option 'think_start'");
    assertThatThrownBy(() -> ReasoningFormat.parse(json("{\"think_open\": \"\"}")))
        .hasMessageContaining("option 'think_open' must be a text that is not empty");
  }

  private static JsonNode json(String text) throws JsonProcessingException {
    return new ObjectMapper().readTree(text);
  }
}
