package org.r1zero.verify.math;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.format.ReasoningFormat;
import org.r1zero.verify.math.equal.MathRules;
import org.r1zero.verify.math.symja.SymbolicEngine;
import org.r1zero.verify.math.symja.SymjaProcess;

/**
 * Makes {@code math} verifiers. Options, each with its default:
 *
 * <ul>
 *   <li>{@code sources} (answer_tag, boxed, hashes, phrase, last): where the answer is looked for;
 *       the first source that has one counts
 *   <li>{@code decimals} (6): places to which a decimal and what it is compared with are rounded
 *   <li>{@code relative_tolerance} (0): above 0, numbers this near to the gold are equal too
 *   <li>{@code percent} (either): whether 50% equals 50 as well as 0.5; {@code exact}: 0.5 alone
 *   <li>{@code strict_names} (true): whether variables have to be the gold's
 *   <li>{@code ordered_lists} (false): whether {@code 1, 2} differs from {@code 2, 1}
 *   <li>{@code inequality_for_set} (true): whether an inequality answers a gold that is a set
 *   <li>{@code symbolic} (true): whether Symja is asked where nothing cheaper decides
 *   <li>{@code time_limit_ms} (3000): for one question to Symja
 *   <li>{@code evaluated} (true): whether an answer has to be worked out: neither a formula of the
 *       question nor a calculation that is still to be done, unless the gold is written so
 *   <li>{@code accept_truncated} (false): whether a completion that the token limit cut off can be
 *       right
 *   <li>{@code format}: the tags
 * </ul>
 */
public final class MathVerifierProvider implements VerifierProvider {

  @Override
  public String id() {
    return "math";
  }

  @Override
  public String description() {
    return "an answer mathematically equal to the gold, in LaTeX or plain text";
  }

  @Override
  public Verifier create(JsonNode node) {
    OptionReader options = OptionReader.of("verifier 'math'", node);
    MathRules usual = MathRules.DEFAULT;
    List<AnswerSource> sources =
        options.choices("sources", AnswerSource.class, MathVerifier.SOURCES);
    MathRules rules =
        new MathRules(
            options.integer("decimals", usual.decimals(), 0, 30),
            options.number("relative_tolerance", usual.relativeTolerance(), 0, 0.5),
            options.choice("percent", usual.percent()),
            options.flag("strict_names", usual.strictNames()),
            options.flag("ordered_lists", usual.orderedLists()),
            options.flag("inequality_for_set", usual.inequalityForSet()),
            options.flag("symbolic", usual.symbolic()),
            Duration.ofMillis(
                options.integer("time_limit_ms", (int) usual.timeLimit().toMillis(), 50, 60_000)),
            options.flag("evaluated", usual.evaluated()),
            options.flag("accept_truncated", usual.acceptTruncated()));
    JsonNode format = options.node("format");
    options.finish();
    SymbolicEngine engine = rules.symbolic() ? SymjaProcess.shared() : SymbolicEngine.NONE;
    return new MathVerifier(ReasoningFormat.parse(format), sources, rules, engine);
  }
}
