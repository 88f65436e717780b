package org.r1zero.coldstart.prompt;

import org.r1zero.grpo.model.tokenizer.Message;
import org.r1zero.rollout.PromptRenderer;
import org.r1zero.verify.Problem;

/** The template that DeepSeek-R1-Zero was trained with (arXiv:2501.12948, table 1). */
public record R1ZeroPrompt() implements PromptRenderer {
  private static final String BEFORE =
      "A conversation between User and Assistant. The user asks a question, and the Assistant"
          + " solves it. The assistant first thinks about the reasoning process in the mind and"
          + " then provides the user with the answer. The reasoning process and answer are"
          + " enclosed within <think> </think> and <answer> </answer> tags, respectively, i.e.,"
          + " <think> reasoning process here </think> <answer> answer here </answer>.";

  @Override
  public String render(Problem problem) {
    StringBuilder text = new StringBuilder(BEFORE);
    for (Message turn : Conversation.of(problem)) {
      String content = turn.content();
      text.append(
          Conversation.isSystem(turn) || turn.role().equals("assistant")
              ? " " + content
              : asked(content));
    }
    return text.toString();
  }

  @Override
  public String observation(String text) {
    return asked(text.strip());
  }

  private static String asked(String text) {
    String bare = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    return " User: " + bare + ". Assistant:";
  }
}
