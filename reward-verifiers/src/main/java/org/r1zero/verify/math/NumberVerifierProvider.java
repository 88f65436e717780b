package org.r1zero.verify.math;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.format.ReasoningFormat;
import org.r1zero.verify.math.equal.PercentRule;

/**
 * Makes {@link NumberVerifier}s; options {@code sources} (list, default {@code [answer_tag]}),
 * {@code percent} (either, exact), {@code accept_truncated} (default false) and {@code format}.
 */
public final class NumberVerifierProvider implements VerifierProvider {

  @Override
  public String id() {
    return "number";
  }

  @Override
  public String description() {
    return "one exact number, as in GSM8K and arithmetic";
  }

  @Override
  public Verifier create(JsonNode node) {
    OptionReader options = OptionReader.of("verifier 'number'", node);
    List<AnswerSource> sources =
        options.choices("sources", AnswerSource.class, NumberVerifier.TRAINING_SOURCES);
    PercentRule percent = options.choice("percent", PercentRule.EITHER);
    boolean acceptTruncated = options.flag("accept_truncated", false);
    JsonNode format = options.node("format");
    options.finish();
    return new NumberVerifier(ReasoningFormat.parse(format), sources, percent, acceptTruncated);
  }
}
