package org.r1zero.verify.environment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Verifiers;

/**
 * A word game: the last word of the right length in a turn is the guess. It is answered letter by
 * letter, by {@code G} for one in its place, {@code Y} for one that stands elsewhere in the word
 * and {@code -} for one that does not; a letter that the guess has more often than the word gets as
 * many marks as the word has. The problem's reference answer pays 1. The data set {@code wordle}
 * has the problems.
 */
public final class WordleProvider implements EnvironmentProvider {
  private static final Pattern WORD = Pattern.compile("[a-z]++");

  @Override
  public String id() {
    return "wordle";
  }

  @Override
  public EnvironmentFactory create(JsonNode node, Verifiers known) {
    OptionReader.of("environment 'wordle'", node).finish();
    return (problem, seed) -> {
      String secret = problem.gold().strip().toLowerCase(Locale.ROOT);
      if (!WORD.matcher(secret).matches()) {
        throw new IllegalArgumentException(
            "its answer must be a word of the letters a to z, was '" + problem.gold() + "'");
      }
      return text -> reply(secret, text);
    };
  }

  private static Environment.Reply reply(String secret, String text) {
    Matcher words = WORD.matcher(text.toLowerCase(Locale.ROOT));
    String guess = null;
    while (words.find()) {
      if (words.end() - words.start() == secret.length()) {
        guess = words.group();
      }
    }
    if (guess == null) {
      return Environment.Reply.goOn("\nname a word of " + secret.length() + " letters\n");
    }
    return guess.equals(secret)
        ? new Environment.Reply("", 1, true)
        : Environment.Reply.goOn("\n" + guess + " " + marks(secret, guess) + "\n");
  }

  private static String marks(String secret, String guess) {
    char[] marks = new char[secret.length()];
    int[] left = new int['z' + 1];
    for (int i = 0; i < marks.length; i++) {
      marks[i] = guess.charAt(i) == secret.charAt(i) ? 'G' : '-';
      left[secret.charAt(i)] += marks[i] == 'G' ? 0 : 1;
    }
    for (int i = 0; i < marks.length; i++) {
      if (marks[i] == '-' && left[guess.charAt(i)] > 0) {
        left[guess.charAt(i)]--;
        marks[i] = 'Y';
      }
    }
    return new String(marks);
  }
}
