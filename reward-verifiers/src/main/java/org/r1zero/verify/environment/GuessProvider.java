package org.r1zero.verify.environment;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verifiers;

/**
 * Number guessing: the last whole number of a turn is the guess, answered by {@code higher} or
 * {@code lower} until it is the problem's reference answer, which pays 1. The data set {@code
 * guess} has the problems.
 */
public final class GuessProvider implements EnvironmentProvider {
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}+");

  @Override
  public String id() {
    return "guess";
  }

  @Override
  public EnvironmentFactory create(JsonNode node, Verifiers known) {
    OptionReader.of("environment 'guess'", node).finish();
    return (problem, seed) -> {
      BigInteger secret = secret(problem);
      return text -> reply(secret, text);
    };
  }

  private static BigInteger secret(Problem problem) {
    try {
      return new BigInteger(problem.gold().strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "its answer must be a whole number, was '" + problem.gold() + "'", e);
    }
  }

  private static Environment.Reply reply(BigInteger secret, String text) {
    Matcher numbers = NUMBER.matcher(text);
    String guess = null;
    while (numbers.find()) {
      guess = numbers.group();
    }
    if (guess == null) {
      return Environment.Reply.goOn("\nname a number\n");
    }
    int order = secret.compareTo(new BigInteger(guess));
    return order == 0
        ? new Environment.Reply("", 1, true)
        : Environment.Reply.goOn(order > 0 ? "\nhigher\n" : "\nlower\n");
  }
}
