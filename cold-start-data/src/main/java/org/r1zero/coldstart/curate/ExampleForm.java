package org.r1zero.coldstart.curate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.grpo.model.tokenizer.Message;
import org.r1zero.verify.records.Records;

/** How an example is laid out as a record: the two forms that TRL's trainers read. */
public enum ExampleForm {
  /** {@code {"messages": [{"role": "user", "content": …}, {"role": "assistant", …}]}}. */
  MESSAGES,
  /** {@code {"prompt": …, "completion": …}}, as texts. */
  PROMPT_COMPLETION;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> ROLES = List.of("system", "user", "assistant", "tool");

  /** Where APIs and their traces have what a model thought before it answered. */
  private static final List<String> REASONING =
      List.of("reasoning_content", "reasoning", "thinking");

  /** The record of an example; what has messages is written as messages in both forms. */
  public ObjectNode write(Example example) {
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
   * Reasoning that is given beside the completion comes before it, between think tags.
   *
   * @throws IllegalArgumentException naming what is wrong with it
   */
  public static Example read(JsonNode node) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("a record must be an object, was " + node.getNodeType());
    }
    String problem = node.path("problem").asText("");
    int difficulty = node.path("difficulty").asInt(0);
    if (node.hasNonNull("messages")) {
      refuseReasoning(node, "beside messages: put it into the assistant's message");
      return conversation(problem, difficulty, List.of(), node.get("messages"), "messages");
    }
    JsonNode prompt = node.path("prompt");
    JsonNode completion = node.path("completion");
    if (prompt.isArray() && completion.isArray()) {
      refuseReasoning(node, "beside messages: put it into the assistant's message");
      return conversation(
          problem, difficulty, messages(prompt, "prompt"), completion, "completion");
    }
    if (!prompt.isTextual() || !completion.isTextual()) {
      throw new IllegalArgumentException("it must have messages, or prompt and completion");
    }
    return new Example(
        problem, difficulty, prompt.asText(), List.of(), said(node, completion.asText()));
  }

  /** The last message is what is to be said, with its reasoning. */
  private static Example conversation(
      String problem, int difficulty, List<Message> before, JsonNode node, String name) {
    List<Message> all = new ArrayList<>(before);
    all.addAll(messages(node, name));
    int last = all.size() - 1;
    if (last < 1 || !all.get(last).role().equals("assistant")) {
      throw new IllegalArgumentException("messages must end with an assistant's after another");
    }
    String said = said(node.get(node.size() - 1), all.get(last).content());
    return new Example(problem, difficulty, "", all.subList(0, last), said);
  }

  /**
   * What is said, after the reasoning that is given beside it, in the form in which reasoning
   * models write it and their chat templates put it.
   */
  private static String said(JsonNode node, String content) {
    String reasoning = reasoning(node);
    if (reasoning.isEmpty() || content.contains(reasoning)) {
      return content;
    }
    if (content.contains("<think>") || content.contains("</think>")) {
      throw new IllegalArgumentException(
          "it has reasoning beside a text with think tags: give it in one of the two places");
    }
    return "<think>\n" + reasoning + "\n</think>\n\n" + content.stripLeading();
  }

  /** The reasoning beside a content; empty where there is none. */
  private static String reasoning(JsonNode node) {
    String found = "";
    for (String field : REASONING) {
      JsonNode value = node.path(field);
      if (value.isMissingNode() || value.isNull()) {
        continue;
      }
      if (!value.isTextual()) {
        throw new IllegalArgumentException(field + " must be a text, was " + brief(value));
      }
      String text = value.textValue().strip();
      if (!found.isEmpty() && !text.isEmpty() && !text.equals(found)) {
        throw new IllegalArgumentException(
            "it has two different reasonings, one of them in " + field);
      }
      found = text.isEmpty() ? found : text;
    }
    return found;
  }

  private static void refuseReasoning(JsonNode node, String where) {
    for (String field : REASONING) {
      JsonNode value = node.path(field);
      if (value.isContainerNode() ? !value.isEmpty() : !value.asText("").isBlank()) {
        throw new IllegalArgumentException(field + " is not used " + where);
      }
    }
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
            name + " must have a role of " + ROLES + " and a text as content, had " + brief(entry));
      }
      if (!entry.path("tool_calls").isEmpty()) {
        throw new IllegalArgumentException("tool_calls can't be trained on, had " + brief(entry));
      }
      boolean last = messages.size() == node.size() - 1;
      if (!last || !role.equals("assistant") || name.equals("prompt")) {
        refuseReasoning(entry, "in a message that is not learned from; leave it out");
      }
      messages.add(new Message(role, entry.get("content").asText()));
    }
    return messages;
  }

  private static String brief(JsonNode node) {
    return Records.shortened(node.toString(), 200, "…");
  }
}
