package org.r1zero.coldstart.curate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.grpo.model.tokenizer.Message;

/** How an example is laid out as a record: the two forms that TRL's trainers read. */
public enum ExampleForm {
  /** {@code {"messages": [{"role": "user", "content": …}, {"role": "assistant", …}]}}. */
  MESSAGES,
  /** {@code {"prompt": …, "completion": …}}, as texts. */
  PROMPT_COMPLETION;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> ROLES = List.of("system", "user", "assistant", "tool");

  /** The record of an example; what has messages is written as messages in both forms. */
  ObjectNode write(Example example) {
    ObjectNode node = JSON.createObjectNode();
    if (this == PROMPT_COMPLETION && example.messages().isEmpty()) {
      node.put("prompt", example.prompt()).put("completion", example.completion());
    } else {
      ArrayNode messages = node.putArray("messages");
      List<Message> before = example.messages();
      if (before.isEmpty()) {
        before = List.of(new Message("user", example.prompt()));
      }
      before.forEach(m -> add(messages, m.role(), m.content()));
      add(messages, "assistant", example.completion());
    }
    if (!example.problem().isEmpty()) {
      node.put("problem", example.problem());
    }
    if (example.difficulty() != 0) {
      node.put("difficulty", example.difficulty());
    }
    return node;
  }

  private static void add(ArrayNode messages, String role, String content) {
    messages.addObject().put("role", role).put("content", content);
  }

  /**
   * Reads a record of either form; a prompt or completion may be a list of messages as well.
   *
   * @throws IllegalArgumentException naming what is wrong with it
   */
  static Example read(JsonNode node) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("a record must be an object, was " + node.getNodeType());
    }
    String problem = node.path("problem").asText("");
    int difficulty = node.path("difficulty").asInt(0);
    if (node.has("messages")) {
      List<Message> all = messages(node.get("messages"), "messages");
      return conversation(problem, difficulty, all);
    }
    JsonNode prompt = node.path("prompt");
    JsonNode completion = node.path("completion");
    if (prompt.isArray() && completion.isArray()) {
      List<Message> all = new ArrayList<>(messages(prompt, "prompt"));
      all.addAll(messages(completion, "completion"));
      return conversation(problem, difficulty, all);
    }
    if (!prompt.isTextual() || !completion.isTextual()) {
      throw new IllegalArgumentException("it must have messages, or prompt and completion");
    }
    return new Example(problem, difficulty, prompt.asText(), List.of(), completion.asText());
  }

  private static Example conversation(String problem, int difficulty, List<Message> all) {
    int last = all.size() - 1;
    if (last < 1 || !all.get(last).role().equals("assistant")) {
      throw new IllegalArgumentException("messages must end with an assistant's after another");
    }
    return new Example(problem, difficulty, "", all.subList(0, last), all.get(last).content());
  }

  private static List<Message> messages(JsonNode node, String name) {
    if (!node.isArray()) {
      throw new IllegalArgumentException(name + " must be a list");
    }
    List<Message> messages = new ArrayList<>();
    for (JsonNode entry : node) {
      String role = entry.path("role").asText();
      if (!ROLES.contains(role) || !entry.path("content").isTextual()) {
        throw new IllegalArgumentException(
            name + " must have a role of " + ROLES + " and a text as content, had " + entry);
      }
      messages.add(new Message(role, entry.get("content").asText()));
    }
    return messages;
  }
}
