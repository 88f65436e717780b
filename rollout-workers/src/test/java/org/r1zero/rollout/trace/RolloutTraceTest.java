package org.r1zero.rollout.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.reward.Reward;

class RolloutTraceTest {
  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  @Test
  void isOneFlatJsonObject() throws Exception {
    Map<String, Verdict> verdicts = new LinkedHashMap<>();
    verdicts.put("number", new Verdict(0, Outcome.INCORRECT, "expected 72, found 70"));
    verdicts.put("format", new Verdict(0.5, Outcome.PARTIAL, "no think tags"));
    RolloutTrace trace =
        RolloutTrace.of(
            4,
            new Problem("gsm8k/train/17", "How many?", "72"),
            2,
            "Q: How many?\nA:",
            new Completion(" \"70\" é\n", 5, FinishReason.LENGTH),
            new Reward(0.25, verdicts));
    String line = JSON.writeValueAsString(trace);
    assertThat(line)
        .isEqualTo(
            "{\"step\":4,\"problem\":\"gsm8k/train/17\",\"sample\":2,"
                + "\"prompt\":\"Q: How many?\\nA:\",\"completion\":\" \\\"70\\\" é\\n\","
                + "\"gold\":\"72\",\"tokens\":5,\"finish_reason\":\"length\",\"reward\":0.25,"
                + "\"verdicts\":{\"number\":{\"score\":0.0,\"outcome\":\"incorrect\","
                + "\"reason\":\"expected 72, found 70\"},\"format\":{\"score\":0.5,"
                + "\"outcome\":\"partial\",\"reason\":\"no think tags\"}},\"turns\":1}");
    assertThat(JSON.readValue(line, RolloutTrace.class)).isEqualTo(trace);
  }
}
