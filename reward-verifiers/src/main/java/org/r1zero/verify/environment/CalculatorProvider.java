package org.r1zero.verify.environment;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.apache.commons.math3.fraction.BigFraction;
import org.r1zero.verify.VerifierOptions;
import org.r1zero.verify.Verifiers;
import org.r1zero.verify.countdown.Expression;
import org.r1zero.verify.countdown.ExpressionException;

/**
 * A calculator: a turn that ends with {@code <calc>12*(3+4)</calc>} is answered by {@code
 * <result>84</result>}, any other ends the conversation. It knows whole numbers, {@code + - * /},
 * signs and parentheses, and is exact: a value that is not whole has six decimals.
 *
 * <p>Options: {@code open}, {@code close} (tags of a call), {@code result_open}, {@code
 * result_close} (of its answer). {@code sampling.stop} has to contain {@code close}, so that the
 * model's turn ends there.
 */
public final class CalculatorProvider implements EnvironmentProvider {
  private static final int DECIMALS = 6;

  @Override
  public String id() {
    return "calculator";
  }

  @Override
  public EnvironmentFactory create(JsonNode node, Verifiers known) {
    VerifierOptions options = VerifierOptions.of("environment 'calculator'", node);
    String open = options.text("open", "<calc>");
    String close = options.text("close", "</calc>");
    String resultOpen = options.text("result_open", "<result>");
    String resultClose = options.text("result_close", "</result>");
    if (open.isBlank() || close.isBlank()) {
      options.fault("open and close must not be blank");
    }
    options.finish();
    return (problem, seed) ->
        text -> {
          String turn = text.stripTrailing();
          int from = turn.lastIndexOf(open) + open.length();
          int to = turn.length() - close.length();
          if (from < open.length() || to < from || !turn.endsWith(close)) {
            return Environment.Reply.end();
          }
          return Environment.Reply.goOn(
              resultOpen + answer(turn.substring(from, to)) + resultClose);
        };
  }

  private static String answer(String expression) {
    try {
      BigFraction value = Expression.parse(expression).value();
      return value.getDenominator().bitLength() == 1
          ? value.getNumerator().toString()
          : new BigDecimal(value.getNumerator())
              .divide(new BigDecimal(value.getDenominator()), DECIMALS, RoundingMode.HALF_EVEN)
              .toPlainString();
    } catch (ExpressionException e) {
      return "error";
    }
  }
}
