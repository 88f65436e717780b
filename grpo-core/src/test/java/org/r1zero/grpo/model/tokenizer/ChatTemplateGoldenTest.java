package org.r1zero.grpo.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.model.weights.ModelFileException;

/** Chat templates against transformers' {@code apply_chat_template}. */
@Tag("slow")
class ChatTemplateGoldenTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  @TempDir Path folder;
  @TempDir Path goldens;

  /** The templates of Qwen2.5, Qwen3, Llama 3, Llama 3.2, SmolLM2 and R1's distilled models. */
  @TestFactory
  Stream<DynamicTest> publishedTemplates() {
    Golden golden = Golden.unpack("chat", goldens);
    return stream(golden.values().get("published"))
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.get("template").asText()
                        + ", "
                        + c.get("name").asText()
                        + ", generation prompt "
                        + c.get("add_generation_prompt"),
                    () ->
                        assertRenders(
                            golden.values(),
                            c,
                            Files.readString(
                                golden.folder().resolve(c.get("template").asText())))));
  }

  /** What templates are written with, each construct alone. */
  @TestFactory
  Stream<DynamicTest> constructsOfTheLanguage() {
    JsonNode golden = Golden.load("chat");
    return stream(golden.get("features"))
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.get("name").asText() + ", " + c.get("chat").asText(),
                    () -> assertRenders(golden, c, c.get("template").asText())));
  }

  private void assertRenders(JsonNode golden, JsonNode c, String text) throws IOException {
    List<Message> messages = new ArrayList<>();
    for (JsonNode m : c.get("messages")) {
      messages.add(new Message(m.get("role").asText(), m.get("content").asText()));
    }
    boolean generationPrompt = c.get("add_generation_prompt").asBoolean();
    if (c.has("expected")) {
      assertThat(open(golden, text).render(messages, generationPrompt))
          .isEqualTo(c.get("expected").asText());
    } else {
      assertThatThrownBy(() -> open(golden, text).render(messages, generationPrompt))
          .isInstanceOf(ModelFileException.class)
          .hasMessageStartingWith(folder.resolve("chat_template.jinja") + ": ");
    }
  }

  private ChatTemplate open(JsonNode golden, String text) throws IOException {
    Files.writeString(folder.resolve("chat_template.jinja"), text);
    Files.writeString(folder.resolve("config.json"), "{\"eos_token_id\": 2}");
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        JSON.writeValueAsString(
            Map.of(
                "bos_token",
                golden.get("bos_token").asText(),
                "eos_token",
                golden.get("eos_token").asText())));
    LocalDate date = LocalDate.parse(golden.get("date").asText());
    return ChatTemplate.open(
        folder, Clock.fixed(date.atStartOfDay(ZoneOffset.UTC).toInstant(), ZoneOffset.UTC));
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    assertThat(array).isNotEmpty();
    return StreamSupport.stream(array.spliterator(), false);
  }
}
