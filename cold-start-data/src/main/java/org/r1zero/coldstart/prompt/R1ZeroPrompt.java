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
      if (Conversation.isSystem(turn) || turn.role().equals("assistant")) {
        text.append(' ').append(content);
      } else {
        String bare = content.endsWith(".") ? content.substring(0, content.length() - 1) : content;
        text.append(" User: ").append(bare).append(". Assistant:");
      }
    }
    return text.toString();
  }
}
