package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.r1zero.coldstart.prompt.Conversation;
import org.r1zero.grpo.model.tokenizer.Message;
import org.r1zero.verify.Problem;

/**
 * From a row to a problem. All of the row's columns become fields of the problem, for the
 * verifiers: where the answer is an object, as Countdown's and programs' are, its fields too.
 *
 * @param columns which are read as what
 */
record RowReader(ColumnChoice columns) {
  private static final Map<String, String> ROLES =
      Map.of("human", "user", "gpt", "assistant", "model", "assistant", "bot", "assistant");
  private static final List<String> KNOWN =
      List.of("system", "developer", "user", "assistant", "tool");

  /**
   * Reads a row.
   *
   * @param id of the problem where no column has it
   * @throws IllegalArgumentException if the row can't be used; the message says why, without the
   *     row's place
   */
  Problem read(DataRows.Row row, String id) {
    List<Message> turns = turns(row.at(columns.question()));
    JsonNode answer = columns.answer().isEmpty() ? turnedAnswer(turns) : row.at(columns.answer());
    if (turns.get(turns.size() - 1).role().equals("assistant")) {
      turns = turns.subList(0, turns.size() - 1);
    }
    if (turns.isEmpty() || turns.get(turns.size() - 1).content().isBlank()) {
      throw new IllegalArgumentException("its question in " + columns.question() + " is empty");
    }
    ObjectNode data = row.values().deepCopy();
    data.remove(Conversation.FIELD);
    if (turns.size() > 1 || !turns.get(0).role().equals("user")) {
      data.set(Conversation.FIELD, Conversation.toJson(turns));
    }
    String gold = "";
    if (!answer.isMissingNode()) {
      put(data, "ground_truth", answer);
      JsonNode unfolded = DataRows.unfold(answer);
      if (unfolded.isObject()) {
        unfolded.properties().forEach(field -> put(data, field.getKey(), field.getValue()));
      }
      gold = answer.isObject() ? "" : gold(answer);
    } else if (!columns.answer().isEmpty()) {
      throw new IllegalArgumentException("it has no answer in " + columns.answer());
    }
    if (!columns.source().isEmpty()) {
      put(data, "data_source", row.at(columns.source()));
    }
    return new Problem(
        columns.id().isEmpty() ? id : text(row.at(columns.id()), columns.id()),
        turns.get(turns.size() - 1).content().strip(),
        gold,
        data);
  }

  private static void put(ObjectNode data, String field, JsonNode value) {
    if (!data.hasNonNull(field) && !value.isMissingNode()) {
      data.set(field, value);
    }
  }

  /** A conversation that ends with the assistant's turn has its answer there. */
  private static JsonNode turnedAnswer(List<Message> turns) {
    Message last = turns.get(turns.size() - 1);
    return last.role().equals("assistant")
        ? TextNode.valueOf(last.content())
        : MissingNode.getInstance();
  }

  private String gold(JsonNode answer) {
    if (answer.isArray() && answer.size() == 1 && answer.get(0).isValueNode()) {
      return gold(answer.get(0));
    }
    String text = answer.isValueNode() ? answer.asText() : answer.toString();
    String gold =
        columns
            .rule()
            .find(text)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        String.format(
                            "its answer has no %s (answer_rule %s), was %s",
                            columns.rule() == AnswerRule.HASHES ? "####" : "\\boxed{…}",
                            columns.rule().name().toLowerCase(Locale.ROOT),
                            DataRows.shown(answer))));
    if (gold.isEmpty()) {
      throw new IllegalArgumentException("its answer in " + columns.answer() + " is empty");
    }
    return gold;
  }

  private static String text(JsonNode value, String column) {
    if (!value.isValueNode() || value.asText().isBlank()) {
      throw new IllegalArgumentException("it has no text in " + column);
    }
    return value.asText().strip();
  }

  /** A text, or messages in any of the forms in which files have them. */
  private List<Message> turns(JsonNode value) {
    String column = columns.question();
    JsonNode unfolded = DataRows.unfold(value);
    if (unfolded.isObject() && unfolded.path("messages").isArray()) {
      unfolded = unfolded.get("messages");
    }
    if (!isMessages(unfolded)) {
      if (unfolded.isArray() && value.isArray()) {
        throw new IllegalArgumentException(
            column
                + " must be a text or messages with role and content, was "
                + DataRows.shown(value));
      }
      return List.of(new Message("user", text(value, column)));
    }
    List<Message> turns = new ArrayList<>();
    for (JsonNode turn : unfolded) {
      String role = (turn.has("role") ? turn.get("role") : turn.path("from")).asText();
      String known = ROLES.getOrDefault(role, role);
      if (!KNOWN.contains(known)) {
        throw new IllegalArgumentException(
            "a message in " + column + " must have a role of " + KNOWN + ", was '" + role + "'");
      }
      JsonNode content = turn.has("content") ? turn.get("content") : turn.path("value");
      turns.add(new Message(known, content(content, column)));
    }
    return turns;
  }

  private static boolean isMessages(JsonNode value) {
    if (!value.isArray() || value.isEmpty()) {
      return false;
    }
    for (JsonNode turn : value) {
      if (!turn.has("role") && !turn.has("from")) {
        return false;
      }
    }
    return true;
  }

  /** A text, or parts of which each is a text. */
  private static String content(JsonNode content, String column) {
    if (content.isTextual()) {
      return content.textValue();
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      if (!part.path("text").isTextual()) {
        throw new IllegalArgumentException(
            "a message in " + column + " has a part that is not a text: " + DataRows.shown(part));
      }
      text.append(part.get("text").textValue());
    }
    if (content.isEmpty()) {
      throw new IllegalArgumentException("a message in " + column + " has no content");
    }
    return text.toString();
  }
}
