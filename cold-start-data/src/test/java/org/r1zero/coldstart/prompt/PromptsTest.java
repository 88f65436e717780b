package org.r1zero.coldstart.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.grpo.model.tokenizer.ChatTemplate;
import org.r1zero.grpo.model.weights.ModelFileException;
import org.r1zero.verify.Problem;

class PromptsTest {
  @TempDir private Path folder;

  @Test
  void r1ZeroIsTheTemplateOfThePaper() {
    assertThat(new R1ZeroPrompt().render(problem("Compute 2+3.")))
        .isEqualTo(
            "A conversation between User and Assistant. The user asks a question, and the Assistant"
                + " solves it. The assistant first thinks about the reasoning process in the mind"
                + " and then provides the user with the answer. The reasoning process and answer"
                + " are enclosed within <think> </think> and <answer> </answer> tags,"
                + " respectively, i.e., <think> reasoning process here </think> <answer> answer"
                + " here </answer>. User: Compute 2+3. Assistant:");
  }

  /** The template puts its own full stop after the question. */
  @ParameterizedTest
  @ValueSource(strings = {"How many? Say it.", "How many? Say it"})
  void r1ZeroEndsTheQuestionWithOneFullStop(String question) {
    assertThat(new R1ZeroPrompt().render(problem(question)))
        .endsWith("</answer>. User: How many? Say it. Assistant:");
  }

  @Test
  void plainIsQuestionAndAnswer() {
    assertThat(PlainPrompt.defaults().render(problem("What is 2+3?")))
        .isEqualTo("Question: What is 2+3?\nAnswer:");
    assertThat(new PlainPrompt("<", ">").render(problem("a"))).isEqualTo("<a>");
  }

  /** The texts are what transformers 5.24 renders with the same files. */
  @Test
  void chatIsTheModelsOwnTemplate() throws IOException {
    ChatTemplate template = smolLm2();
    assertThat(new ChatPrompt(template, "").render(problem("What is 2+3?")))
        .isEqualTo(
            "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging"
                + " Face<|im_end|>\n<|im_start|>user\nWhat is"
                + " 2+3?<|im_end|>\n<|im_start|>assistant\n");
    assertThat(new ChatPrompt(template, "Be brief.").render(problem("What is 2+3?")))
        .isEqualTo(
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWhat is"
                + " 2+3?<|im_end|>\n<|im_start|>assistant\n");
  }

  /** What stands between the model's turn, which it ended itself, and its next one. */
  @Test
  void anObservationIsAUsersTurn() throws IOException {
    assertThat(new ChatPrompt(smolLm2(), "Be brief.").observation("\nlower\n"))
        .isEqualTo("<|im_end|>\n<|im_start|>user\nlower<|im_end|>\n<|im_start|>assistant\n");
    assertThat(new R1ZeroPrompt().observation("\nTry again.\n"))
        .isEqualTo(" User: Try again. Assistant:");
    assertThat(PlainPrompt.defaults().observation("\nlower\n")).isEqualTo("\nlower\n");
  }

  @Test
  void aTemplateWithoutTheAssistantsTurnsCannotGoOn() throws IOException {
    smolLm2();
    Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages[-1]['content'] }}");
    ChatTemplate template = ChatTemplate.open(folder);
    assertThatThrownBy(() -> new ChatPrompt(template, "").observation("x"))
        .hasMessageContaining("does not show an assistant's earlier turn");
  }

  /** A question is data: what looks like Jinja in it is not run. */
  @Test
  void chatDoesNotInterpretTheQuestion() throws IOException {
    String question = "What is {{ 1 + 1 }} {% if x %} {# note #} & <b>\"'?";
    assertThat(new ChatPrompt(smolLm2(), "s").render(problem(question)))
        .contains("<|im_start|>user\n" + question + "<|im_end|>");
  }

  @Test
  void aModelWithoutTemplateIsAClearError() throws IOException {
    copy("generation_config.json");
    assertThatThrownBy(() -> ChatTemplate.open(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("set prompt.template to another, such as r1_zero");
  }

  private ChatTemplate smolLm2() throws IOException {
    copy("chat_template.jinja");
    copy("tokenizer_config.json");
    copy("generation_config.json");
    return ChatTemplate.open(folder);
  }

  private void copy(String name) throws IOException {
    try (InputStream in = PromptsTest.class.getResourceAsStream("smollm2/" + name)) {
      assertThat(in).as(name).isNotNull();
      Files.copy(in, folder.resolve(name));
    }
  }

  private static Problem problem(String question) {
    return new Problem("p", question, "");
  }
}
