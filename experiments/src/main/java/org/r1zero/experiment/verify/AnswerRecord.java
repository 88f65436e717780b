package org.r1zero.experiment.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.OptionValues;
import org.r1zero.verify.Problem;
import org.r1zero.verify.records.Records;

/**
 * One line of a file to be judged: {@code id}, {@code gold}, {@code completion}; optional {@code
 * question} or {@code prompt}, {@code tokens}, {@code finish_reason} and {@code expected} (0 or 1).
 * The whole object is the problem's data too, so that a verifier finds its own fields: {@code
 * tests}, {@code entry_point}, {@code numbers}, …
 *
 * @param line where it stands, from 1
 * @param problem what was asked
 * @param completion what was answered
 * @param expected whether the completion is right; {@code null} where the file does not say
 */
record AnswerRecord(int line, Problem problem, Completion completion, @Nullable Boolean expected) {

  /** The line is not such a record; the message says why. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableException(String message) {
      super(message);
    }
  }

  /** Reads a line. */
  static AnswerRecord parse(int line, String text) throws UnreadableException {
    JsonNode node;
    try {
      node = Records.parse(text);
    } catch (JsonProcessingException e) {
      throw new UnreadableException("not JSON: " + Records.why(e));
    }
    if (!(node instanceof ObjectNode data)) {
      throw new UnreadableException("expected a JSON object, found " + shown(node));
    }
    JsonNode completion = data.path("completion");
    if (!completion.isTextual()) {
      throw new UnreadableException("expected completion, a text, found " + shown(completion));
    }
    String id = data.path("id").asText("");
    String question = data.path("question").asText(data.path("prompt").asText(""));
    Problem problem =
        new Problem(id.isEmpty() ? "line " + line : id, question, text(data, "gold"), data);
    return new AnswerRecord(
        line, problem, completion(data, completion.textValue()), expected(data));
  }

  private static String text(ObjectNode data, String name) throws UnreadableException {
    JsonNode value = data.path(name);
    if (value.isContainerNode()) {
      throw new UnreadableException("expected " + name + ", a text, found " + shown(value));
    }
    return value.isNull() ? "" : value.asText("");
  }

  private static Completion completion(ObjectNode data, String text) throws UnreadableException {
    JsonNode tokens = data.path("tokens");
    double count = OptionValues.number(tokens).orElse(tokens.isMissingNode() ? 0 : -1);
    if (!(count >= 0 && count <= Integer.MAX_VALUE && count == Math.rint(count))) {
      throw new UnreadableException("expected tokens, a whole number, found " + shown(tokens));
    }
    String reason = data.path("finish_reason").asText("stop");
    for (FinishReason finish : FinishReason.values()) {
      if (finish.name().toLowerCase(Locale.ROOT).equals(reason)) {
        return new Completion(text, (int) count, finish);
      }
    }
    throw new UnreadableException("expected finish_reason stop or length, found '" + reason + "'");
  }

  private static @Nullable Boolean expected(ObjectNode data) throws UnreadableException {
    JsonNode value = data.path("expected");
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    Optional<Boolean> truth = OptionValues.truth(value);
    if (truth.isPresent()) {
      return truth.get();
    }
    double number = OptionValues.number(value).orElse(-1); // a text in a table
    if (number == 0 || number == 1) {
      return number == 1;
    }
    throw new UnreadableException("expected must be 0 or 1, found " + shown(value));
  }

  private static String shown(JsonNode node) {
    String text = node.isMissingNode() ? "nothing" : node.toString();
    return Records.shortened(text, 60, "…");
  }
}
