package org.r1zero.coldstart.prompt;

import org.r1zero.rollout.PromptRenderer;
import org.r1zero.verify.Problem;

/**
 * The question between a fixed beginning and end: for base models with a small context.
 *
 * @param before such as {@code "Question: "}
 * @param after such as {@code "\nAnswer:"}
 */
public record PlainPrompt(String before, String after) implements PromptRenderer {

  /** {@code Question: …}, then {@code Answer:} on a line of its own. */
  public static PlainPrompt defaults() {
    return new PlainPrompt("Question: ", "\nAnswer:");
  }

  @Override
  public String render(Problem problem) {
    return before + problem.question() + after;
  }
}
