package org.r1zero.coldstart.corpus;

import java.util.Random;
import org.r1zero.coldstart.dataset.GuessDataset;
import org.r1zero.coldstart.prompt.PlainPrompt;

/**
 * Writes down games of the data set and environment {@code guess}, as recipes/guess.yaml has them.
 * Half of the players remember what they were told, half forget it, and none of them halves what is
 * left: what RL is to tell apart, and what it can find beyond.
 */
final class GuessingGame {
  static final int HIGHEST = 30;
  private static final int TURNS = 5;
  private static final String PROMPT =
      PlainPrompt.defaults().render(GuessDataset.problem(1, HIGHEST, 1));

  private GuessingGame() {}

  /** The question, then five turns at most. */
  static Document play(Random random) {
    boolean remembers = random.nextBoolean();
    int secret = 1 + random.nextInt(HIGHEST);
    int low = 1;
    int high = HIGHEST;
    StringBuilder said = new StringBuilder(PROMPT).append(' ');
    for (int turn = 0; turn < TURNS; turn++) {
      int guess = remembers ? low + random.nextInt(high - low + 1) : 1 + random.nextInt(HIGHEST);
      said.append(guess).append('?');
      if (guess == secret) {
        break;
      }
      said.append(guess < secret ? "\nhigher\n" : "\nlower\n");
      low = guess < secret ? Math.max(low, guess + 1) : low;
      high = guess > secret ? Math.min(high, guess - 1) : high;
    }
    return new Document(said.toString(), true);
  }
}
