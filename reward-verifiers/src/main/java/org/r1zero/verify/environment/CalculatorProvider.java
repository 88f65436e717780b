package org.r1zero.verify.environment;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;
import org.apache.commons.math3.fraction.BigFraction;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Verifiers;
import org.r1zero.verify.countdown.Expression;
import org.r1zero.verify.countdown.ExpressionException;

/**
 * A calculator: {@code <calc>12*(3+4)</calc>} is answered by {@code <result>84</result>}, a {@code
 * <tool_call>} of {@code calculator} with the argument {@code expression} likewise; see {@link
 * Tool}. It knows numbers, {@code + - * /}, signs and parentheses, and is exact: a value that is
 * not whole has at most six decimals.
 */
public final class CalculatorProvider implements EnvironmentProvider {
  private static final int DECIMALS = 6;
  private static final Pattern DECIMAL = Pattern.compile("(\\d{1,30})\\.(\\d{1,30})");

  @Override
  public String id() {
    return "calculator";
  }

  @Override
  public EnvironmentFactory create(JsonNode node, Verifiers known) {
    OptionReader options = OptionReader.of("environment 'calculator'", node);
    Tool tool = new Tool(options, "calculator", "expression", "calc", "result");
    options.finish();
    return (problem, seed) -> turn -> tool.answer(turn, CalculatorProvider::answer);
  }

  /** Decimals as quotients of whole numbers. */
  private static String whole(String expression) {
    return DECIMAL
        .matcher(expression)
        .replaceAll(
            number ->
                "("
                    + number.group(1)
                    + number.group(2)
                    + "/1"
                    + "0".repeat(number.group(2).length())
                    + ")");
  }

  private static String answer(String expression) {
    try {
      BigFraction value = Expression.parse(whole(expression)).value();
      return value.getDenominator().bitLength() == 1
          ? value.getNumerator().toString()
          : new BigDecimal(value.getNumerator())
              .divide(new BigDecimal(value.getDenominator()), DECIMALS, RoundingMode.HALF_EVEN)
              .stripTrailingZeros()
              .toPlainString();
    } catch (ExpressionException e) {
      return "error";
    }
  }
}
