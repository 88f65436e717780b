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
    SpecialTokens tokens = specialTokens();
    assertThat(tokens.texts()).containsEntry("bos_token", "<s>").containsEntry("eos_token", "</s>");
    assertThat(tokens.endOfSequence()).containsExactly(1);
  }

  @Test
  void generationConfigGoesBeforeConfigAndKeepsTheOrderOfItsEnds() throws IOException {
    write("generation_config.json", "{\"eos_token_id\": [3, 1, 2, 3]}");
    assertThat(specialTokens().endOfSequence()).containsExactly(3, 1, 2);
  }

  /** As in transformers: the older map counts where the config lists no added tokens. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|{\"eos_token\": \"</s>\"}|</s>",
        "{\"eos_token\": \"one\"}|{\"eos_token\": {\"content\": \"</s>\"}}|</s>",
        "{\"eos_token\": \"one\", \"added_tokens_decoder\": {}}|{\"eos_token\": \"</s>\"}|one",
        "{\"eos_token\": \"one\"}|{\"bos_token\": \"<s>\"}|one"
      })
  void olderSpecialTokensMap(String config, String map, String eos) throws IOException {
    write("tokenizer_config.json", config);
    write("special_tokens_map.json", map);
    assertThat(specialTokens().eosToken()).isEqualTo(eos);
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
  void endOfSequenceMayBeTheTokenizersAlone(String config) throws IOException {
    write("config.json", config);
    assertThat(specialTokens().endOfSequence()).containsExactly(1);
  }

  @Test
  void missingEndOfSequenceIsToldOfTheConfig() throws IOException {
    write("config.json", "{}");
    write("tokenizer_config.json", "{}");
    assertThatThrownBy(() -> Tokenizer.open(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(
            folder.resolve("config.json")
                + ": eos_token_id is missing here and in generation_config.json, and"
                + " tokenizer_config.json has no eos_token: no completion could end");
  }

  /**
   * The first row is Llama 3's form, the second Qwen's, the fourth a base model with a template.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1, 3, 2]|</s>|{{ m.content }}two{{ '\\n' }}|3",
        "[2, 1]|</s>|one {{ m.content }}|1",
        "[3, 2]|</s>|one {{ m.content }}|3",
        "[1]|</s>|{{ m.content }}two|1",
        "[2, 3, 1]|nothing|{{ m.content }}|2",
        "[2, 3, 1]|</s>|{{ raise_exception('no') }}|1",
        "[2, 3, 1]|</s>|two|1",
        "[2, 3, 1]|</s>|{{ m.content.upper() }}two|1"
      })
  void trainingEndsATurnAsTheTemplateDoes(String ends, String eos, String body, int expected)
      throws IOException {
    write("generation_config.json", "{\"eos_token_id\": " + ends + "}");
    write("tokenizer_config.json", "{\"eos_token\": \"" + eos + "\"}");
    write("chat_template.jinja", "{% for m in messages %}" + body + "{% endfor %}");
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      assertThat(tokenizer.endOfTurn()).isEqualTo(expected);
    }
  }

  private SpecialTokens specialTokens() {
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      return tokenizer.specialTokens();
    }
  }

  @Test
  void vocabularyBeyondTheEmbeddingIsNamedWhenItIsOpened() {
    assertThatThrownBy(() -> Tokenizer.open(folder, 3))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(
            folder.resolve("tokenizer.json")
                + ": gives out ids up to 3, but vocab_size of config.json is 3: the embedding has"
                + " no row for them; this tokenizer belongs to another model");
  }

  @Test
  void addedTokenBeyondTheEmbeddingIsRefusedWhereATextSpellsIt() throws IOException {
    write(
        "tokenizer.json",
        TOKENIZER.replace(
            "\"added_tokens\": [",
            "\"added_tokens\": [{\"id\": 9, \"content\": \"[PAD]\", \"single_word\": false,"
                + " \"lstrip\": false, \"rstrip\": false, \"normalized\": false, \"special\":"
                + " true},"));
    try (Tokenizer tokenizer = Tokenizer.open(folder, 4)) {
      assertThat(tokenizer.encode("one")).containsExactly(2);
      assertThatThrownBy(() -> tokenizer.encode("one [PAD]"))
          .isInstanceOf(ModelFileException.class)
          .hasMessageContaining("the token 4 [PAD], which is not below vocab_size 4");
    }
  }

  @Test
  void endOfSequenceBeyondTheEmbeddingIsNamed() throws IOException {
    write("config.json", "{\"eos_token_id\": 7}");
    assertThatThrownBy(() -> Tokenizer.open(folder, 4))
        .hasMessage(folder.resolve("config.json") + ": eos_token_id 7 is not below vocab_size 4");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\": \"Sequence\", \"normalizers\": [%1$s, %1$s, %1$s, %1$s]}",
        "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Sequence\", \"normalizers\":"
            + " [%1$s, %1$s]}, %1$s, {\"type\": \"NFKC\"}]}"
      })
  void normalizerThatGrowsWithoutMeasureIsRefused(String normalizer) throws IOException {
    String replace =
        "{\"type\": \"Replace\", \"pattern\": {\"String\": \"e\"}, \"content\": \"eeeeeeee\"}";
    write(
        "tokenizer.json",
        TOKENIZER.replace(
            "\"normalizer\": null", "\"normalizer\": " + normalizer.formatted(replace)));
    assertThatThrownBy(() -> Tokenizer.open(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("its normalizer can make a text")
        .hasMessageContaining("at most 1000 times is allowed");
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
        .hasMessageStartingWith(folder.resolve("tokenizer.json") + ": is not a tokenizer: ");
  }

  @Test
  void brokenTokenizerConfig() throws IOException {
    write("tokenizer_config.json", "{\"bos_token\"");
    assertThatThrownBy(() -> Tokenizer.open(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith(folder.resolve("tokenizer_config.json") + ": is not valid JSON");
  }

  @Test
  void folderWithoutAChatTemplateNamesAnotherWay() {
    assertThatThrownBy(() -> ChatTemplate.open(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith(folder + ": has no chat template (chat_template.jinja")
        .hasMessageEndingWith("set prompt.template to another, such as r1_zero");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"A{{ bos_token }}\"|A<s>",
        "[{\"name\": \"tool_use\", \"template\": \"T\"}, {\"name\": \"default\", \"template\":"
            + " \"D\"}]|D",
        "{\"tool_use\": \"T\", \"default\": \"D\"}|D"
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
  void defaultTemplateMayBeAmongTheAdditionalOnes() throws IOException {
    Files.createDirectory(folder.resolve("additional_chat_templates"));
    write("additional_chat_templates/tool_use.jinja", "T");
    write("additional_chat_templates/default.jinja", "D{{ pad_token }}");
    write("tokenizer_config.json", "{\"pad_token\": \"[PAD]\"}");
    assertThat(ChatTemplate.open(folder).render(List.of(), false)).isEqualTo("D[PAD]");
  }

  @Test
  void namedTemplatesWithoutADefaultAreNamed() throws IOException {
    write("tokenizer_config.json", "{\"chat_template\": {\"rag\": \"R\", \"tool_use\": \"T\"}}");
    assertThatThrownBy(() -> ChatTemplate.open(folder))
        .hasMessageContaining("named default, only [rag, tool_use]; set prompt.template");
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
