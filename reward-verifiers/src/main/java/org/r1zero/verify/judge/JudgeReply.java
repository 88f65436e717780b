package org.r1zero.verify.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.records.Records;

/**
 * What a judge said.
 *
 * @param score within the range
 * @param reason for it; may be empty
 */
record JudgeReply(double score, String reason) {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();
  private static final Pattern FENCED = Pattern.compile("```(?:json)?\\s*(\\{.*\\})\\s*```");
  private static final String THOUGHT = "</think>";

  /**
   * Reads an endpoint's answer. What the judge said must be one JSON object with one score: numbers
   * that it quotes from the text that it judges are never taken for its own.
   */
  static JudgeReply of(String body, ScoreRange range) throws JudgeException {
    String said;
    try {
      JsonNode choice = JSON.readTree(body).path("choices").path(0);
      JsonNode content = choice.path("message").path("content");
      if (choice.path("finish_reason").asText().equals("length")) {
        throw new JudgeException(
            "the judge's reply was cut off; raise max_tokens in the option 'request'", true, false);
      }
      if (!content.isTextual()) {
        throw new JudgeException("not a chat completion: " + shown(body), true, false);
      }
      said = content.textValue();
    } catch (JsonProcessingException e) {
      throw new JudgeException("the endpoint's answer is not JSON: " + shown(body), true, false);
    }
    return read(said, range);
  }

  private static JudgeReply read(String said, ScoreRange range) throws JudgeException {
    String reply = said.substring(Math.max(0, end(said))).strip();
    Matcher fenced = FENCED.matcher(reply.replace('\n', ' '));
    try {
      JsonNode node = JSON.readTree(fenced.matches() ? fenced.group(1) : reply);
      JsonNode score = node.path("score");
      if (node.isObject() && score.isNumber() && range.contains(score.doubleValue())) {
        return new JudgeReply(score.doubleValue(), node.path("reason").asText(""));
      }
    } catch (JsonProcessingException e) {
      // said below
    }
    throw new JudgeException(
        String.format(
            "expected {\"reason\": …, \"score\": a number from %s to %s}, the judge "
                + "replied %s",
            range.min(), range.max(), shown(said)),
        true,
        false);
  }

  /** Where what a reasoning model thought first is over. */
  private static int end(String said) {
    boolean thinks = said.stripLeading().startsWith("<think>");
    int end = thinks ? said.lastIndexOf(THOUGHT) : -1;
    return end < 0 ? 0 : end + THOUGHT.length();
  }

  private static String shown(String text) {
    return Records.shortened(text.strip().replaceAll("\\s+", " "), 120, "…");
  }
}
