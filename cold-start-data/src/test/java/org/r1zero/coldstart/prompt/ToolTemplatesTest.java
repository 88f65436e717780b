package org.r1zero.coldstart.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.model.tokenizer.ChatTemplate;
import org.r1zero.verify.Problem;
import org.r1zero.verify.environment.Environment;
import org.r1zero.verify.environment.Environments;

/** Calls of tools as published chat templates write them, and their results as these put them. */
class ToolTemplatesTest {
  @TempDir private Path folder;

  /** From the call to the model's next turn it is the text that transformers renders. */
  @ParameterizedTest
  @ValueSource(strings = {"qwen2_5.jinja", "qwen3.jinja", "llama3_2.jinja"})
  void aCallIsAnsweredAsTheTemplatePutsIt(String name) throws IOException {
    try (InputStream template = Golden.class.getResourceAsStream("/goldens/chat/" + name)) {
      Files.copy(Objects.requireNonNull(template), folder.resolve("chat_template.jinja"));
    }
    ChatPrompt prompt = new ChatPrompt(ChatTemplate.open(folder), "");
    int calls = 0;
    for (JsonNode golden : Golden.load("tools").path("cases")) {
      if (!golden.path("template").asText().equals(name)) {
        continue;
      }
      calls++;
      Environment.Reply reply = calculator().step(golden.path("call").asText());
      assertThat(reply.done()).isFalse();
      assertThat(
              reply.role() == Environment.Role.TOOL
                  ? prompt.toolResult(reply.observation())
                  : prompt.observation(reply.observation()))
          .isEqualTo(golden.path("after").asText());
    }
    assertThat(calls).isEqualTo(3);
  }

  private static Environment calculator() {
    return Environments.create("calculator", JsonNodeFactory.instance.objectNode(), 8, List.of())
        .begin(new Problem("p", "What is 12*(3+4)?", "84"), 1);
  }
}
