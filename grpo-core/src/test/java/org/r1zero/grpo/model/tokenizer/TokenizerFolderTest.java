package org.r1zero.grpo.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.grpo.model.weights.ModelFileException;

/** What a folder's tokenizer files may look like, and each fault that they may have. */
class TokenizerFolderTest {
  /** Words for tokens; {@code <s>} before every text, as Llama's tokenizer does. */
  private static final String TOKENIZER =
      """
      {"version": "1.0", "truncation": null, "padding": null, "normalizer": null,
       "added_tokens": [
         {"id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
          "normalized": false, "special": true},
         {"id": 1, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false,
          "normalized": false, "special": true}],
       "pre_tokenizer": {"type": "Whitespace"},
       "post_processor": {"type": "TemplateProcessing",
         "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                    {"Sequence": {"id": "A", "type_id": 0}}],
         "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
         "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}}},
       "decoder": null,
       "model": {"type": "WordLevel", "unk_token": "</s>",
         "vocab": {"<s>": 0, "</s>": 1, "one": 2, "two": 3}}}
      """;

  @TempDir Path folder;

  @BeforeEach
  void writeFolder() throws IOException {
    write("tokenizer.json", TOKENIZER);
    write("config.json", "{\"eos_token_id\": 1}");
    write(
        "tokenizer_config.json",
        "{\"bos_token\": \"<s>\", \"eos_token\": {\"content\": \"</s>\"}}");
  }

  @Test
  void promptBeginsWithTheTokenThatTheTokenizerPutsThere() {
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      assertThat(tokenizer.encodePrompt("one two")).containsExactly(0, 2, 3);
      assertThat(tokenizer.encode("one two")).containsExactly(2, 3);
    }
  }

  @Test
  void tokenThatAChatTemplateHasSpeltIsNotDoubled() {
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      assertThat(tokenizer.encodePrompt("<s>one")).containsExactly(0, 2);
    }
  }

  @Test
  void specialTokensAreLeftOutOfTextUnlessAskedFor() {
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      assertThat(tokenizer.decode(new int[] {0, 2, 1})).isEqualTo("one");
      assertThat(tokenizer.decode(new int[] {0, 2, 1}, false)).isEqualTo("<s> one </s>");
    }
  }

  @Test
  void specialTokensMayBeTextOrObjects() {
    SpecialTokens tokens = SpecialTokens.read(folder);
    assertThat(tokens.bosToken()).isEqualTo("<s>");
    assertThat(tokens.eosToken()).isEqualTo("</s>");
    assertThat(tokens.endOfSequence()).containsExactly(1);
  }

  @Test
  void generationConfigGoesBeforeConfigAndMayListSeveralEnds() throws IOException {
    write("generation_config.json", "{\"eos_token_id\": [1, 3]}");
    assertThat(SpecialTokens.read(folder).endOfSequence()).containsExactlyInAnyOrder(1, 3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}",
        "{\"eos_token_id\": null}",
        "{\"eos_token_id\": \"</s>\"}",
        "{\"eos_token_id\": [\"</s>\"]}"
      })
  void missingEndOfSequenceIsToldOfTheConfig(String config) throws IOException {
    write("config.json", config);
    assertThatThrownBy(() -> Tokenizer.open(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(
            folder.resolve("config.json")
                + ": eos_token_id is missing here and in generation_config.json: no completion"
                + " could end");
  }

  @Test
  void missingTokenizer() throws IOException {
    Files.delete(folder.resolve("tokenizer.json"));
    assertThatThrownBy(() -> Tokenizer.open(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(
            folder.resolve("tokenizer.json")
                + ": is missing; save the model's fast tokenizer beside its weights");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{\"version\": ", "{}", "not json"})
  void brokenTokenizer(String text) throws IOException {
    write("tokenizer.json", text);
    assertThatThrownBy(() -> Tokenizer.open(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith(folder.resolve("tokenizer.json") + ": is no tokenizer: ");
  }

  @Test
  void brokenTokenizerConfig() throws IOException {
    write("tokenizer_config.json", "{\"bos_token\"");
    assertThatThrownBy(() -> Tokenizer.open(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith(folder.resolve("tokenizer_config.json") + ": is no JSON");
  }

  @Test
  void folderWithoutAChatTemplateNamesAnotherWay() {
    assertThatThrownBy(() -> ChatTemplate.open(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith(folder + ": has no chat template (chat_template.jinja")
        .hasMessageEndingWith("choose another prompt template, such as r1_zero");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"A{{ bos_token }}\"|A<s>",
        "[{\"name\": \"tool_use\", \"template\": \"T\"}, {\"name\": \"default\", \"template\":"
            + " \"D\"}]|D"
      })
  void chatTemplateMayBeInTheTokenizerConfig(String template, String expected) throws IOException {
    write("tokenizer_config.json", "{\"bos_token\": \"<s>\", \"chat_template\": " + template + "}");
    assertThat(ChatTemplate.open(folder).render(List.of(new Message("user", "x")), true))
        .isEqualTo(expected);
  }

  @Test
  void ownFileGoesBeforeTheTokenizerConfig() throws IOException {
    write("tokenizer_config.json", "{\"chat_template\": \"config\"}");
    write("chat_template.jinja", "file");
    assertThat(ChatTemplate.open(folder).render(List.of(), false)).isEqualTo("file");
  }

  @Test
  void malformedChatTemplateIsFoundWhenItIsOpened() throws IOException {
    write("chat_template.jinja", "a\n{% for %}");
    assertThatThrownBy(() -> ChatTemplate.open(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(
            folder.resolve("chat_template.jinja")
                + ": its chat template can't be read: line 2: unexpected '%}'");
  }

  @Test
  void templateThatRefusesTheMessagesSaysWhy() throws IOException {
    write("chat_template.jinja", "{{ raise_exception('Only user and assistant roles') }}");
    ChatTemplate template = ChatTemplate.open(folder);
    assertThatThrownBy(() -> template.render(List.of(), true))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(
            folder.resolve("chat_template.jinja")
                + ": its chat template fails: Only user and assistant roles");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }
}
