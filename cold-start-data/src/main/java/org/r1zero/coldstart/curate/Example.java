package org.r1zero.coldstart.curate;

import java.util.List;
import org.r1zero.grpo.model.tokenizer.Message;

/**
 * Something to learn from.
 *
 * @param problem the id of the problem that it answers; empty where unknown
 * @param difficulty of that problem; 0 where unknown
 * @param prompt the whole text before the completion; empty where there are messages
 * @param messages the turns before the completion, none where there is a prompt
 * @param completion what is to be said
 */
public record Example(
    String problem, int difficulty, String prompt, List<Message> messages, String completion) {

  /** Checks that there is something to say, and to what. */
  public Example {
    messages = List.copyOf(messages);
    if (prompt.isEmpty() == messages.isEmpty()) {
      throw new IllegalArgumentException("an example has either a prompt or messages");
    }
    if (completion.isBlank()) {
      throw new IllegalArgumentException("the completion is empty");
    }
  }

  /** A prompt as a text, with its completion. */
  public static Example of(String prompt, String completion) {
    return new Example("", 0, prompt, List.of(), completion);
  }

  /** The question: the prompt, or what the user said last. */
  public String question() {
    return messages.isEmpty() ? prompt : messages.get(messages.size() - 1).content();
  }
}
