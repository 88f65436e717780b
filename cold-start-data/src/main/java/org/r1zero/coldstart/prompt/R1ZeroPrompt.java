package org.r1zero.coldstart.prompt;

import org.r1zero.rollout.PromptRenderer;
import org.r1zero.verify.Problem;

/** The template that DeepSeek-R1-Zero was trained with (arXiv:2501.12948, table 1). */
public record R1ZeroPrompt() implements PromptRenderer {
  private static final String BEFORE =
      "A conversation between User and Assistant. The user asks a question, and the Assistant"
          + " solves it. The assistant first thinks about the reasoning process in the mind and"
          + " then provides the user with the answer. The reasoning process and answer are"
          + " enclosed within <think> </think> and <answer> </answer> tags, respectively, i.e.,"
          + " <think> reasoning process here </think> <answer> answer here </answer>. User: ";

  @Override
  public String render(Problem problem) {
    String question = problem.question();
    String bare = question.endsWith(".") ? question.substring(0, question.length() - 1) : question;
    return BEFORE + bare + ". Assistant:";
  }
}
