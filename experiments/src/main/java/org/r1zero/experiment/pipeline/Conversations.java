package org.r1zero.experiment.pipeline;

import java.util.List;
import org.r1zero.coldstart.curate.Example;
import org.r1zero.coldstart.records.BadRecord;
import org.r1zero.grpo.model.tokenizer.Message;

/** What can be put to a model of examples that are conversations. */
final class Conversations {
  private Conversations() {}

  /** Bad records of files, a line each. */
  static String said(List<BadRecord> bad) {
    StringBuilder said = new StringBuilder();
    bad.forEach(fault -> said.append("\n    bad record ").append(fault));
    return said.toString();
  }

  /**
   * Checks that nothing comes before the question.
   *
   * @param place what puts only the question, for the message
   * @throws IllegalArgumentException if the example has more turns, or a system message
   */
  static void requireOneQuestion(Example example, String place) {
    List<Message> messages = example.messages();
    if (!messages.isEmpty() && (messages.size() > 1 || !messages.get(0).role().equals("user"))) {
      throw new IllegalArgumentException(
          place
              + " puts one question of the user, but before the answer there are messages of "
              + messages.stream().map(Message::role).toList()
              + "; set prompt.template: chat, or give prompt and completion as texts");
    }
  }
}
