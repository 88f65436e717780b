package org.r1zero.coldstart.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.grpo.model.tokenizer.Message;
import org.r1zero.verify.Problem;

/** The turns that come before a model's answer: one question, or a whole conversation. */
public final class Conversation {
  /** The field of a problem that holds the turns where they are more than its question. */
  public static final String FIELD = "prompt_messages";

  private Conversation() {}

  /** The turns, at least one; the last is what is asked. */
  public static List<Message> of(Problem problem) {
    JsonNode turns = problem.field(FIELD);
    if (turns.isEmpty()) {
      return List.of(new Message("user", problem.question()));
    }
    List<Message> messages = new ArrayList<>();
    turns.forEach(
        turn ->
            messages.add(new Message(turn.path("role").asText(), turn.path("content").asText())));
    return messages;
  }

  /** Turns as that field holds them. */
  public static ArrayNode toJson(List<Message> turns) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    turns.forEach(
        turn -> array.addObject().put("role", turn.role()).put("content", turn.content()));
    return array;
  }

  static boolean isSystem(Message turn) {
    return turn.role().equals("system") || turn.role().equals("developer");
  }
}
