package org.r1zero.verify.environment;

import com.fasterxml.jackson.databind.JsonNode;
import org.r1zero.verify.Completion;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.Verifiers;

/**
 * Another try: an answer that a verifier finds wrong is answered by a message, and the model may
 * try again. The verifier's reason is not shown, since it may name the reference answer.
 *
 * <p>Options: {@code verifier}, {@code options} (its own), {@code wrong} and {@code unread} (the
 * messages to an answer that is wrong, and to one that can't be read).
 */
public final class RetryProvider implements EnvironmentProvider {

  @Override
  public String id() {
    return "retry";
  }

  @Override
  public EnvironmentFactory create(JsonNode node, Verifiers known) {
    OptionReader options = OptionReader.of("environment 'retry'", node);
    String id = options.text("verifier", "number");
    JsonNode own = options.node("options");
    String wrong = options.text("wrong", "\nThat is not right. Try again.\n");
    String unread = options.text("unread", "\nNo answer could be read. Try again.\n");
    options.finish();
    Verifier verifier = known.create(id, own);
    return (problem, seed) -> {
      verifier.check(problem);
      return text -> {
        Verdict verdict = verifier.verify(problem, Completion.of(text));
        if (verdict.outcome() == Outcome.CORRECT || verdict.outcome().isFailure()) {
          return Environment.Reply.end(); // a failure is counted where the reward is computed
        }
        String message = verdict.outcome() == Outcome.UNPARSEABLE ? unread : wrong;
        return Environment.Reply.goOn(message.replace("{reason}", verdict.reason()));
      };
    };
  }
}
