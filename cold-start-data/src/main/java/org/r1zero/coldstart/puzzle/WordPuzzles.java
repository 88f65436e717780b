package org.r1zero.coldstart.puzzle;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import org.r1zero.verify.puzzle.AnswerKind;

/** Puzzles about words and dates. */
final class WordPuzzles {
  private static final List<String> WORDS =
      List.of(
          "apple", "apron", "arrow", "basket", "beach", "beacon", "bottle", "branch", "bridge",
          "bread", "candle", "canal", "castle", "chair", "cherry", "cloud", "clover", "copper",
          "cradle", "crane", "desert", "dragon", "dream", "eagle", "earth", "engine", "fabric",
          "feather", "field", "flame", "flute", "forest", "garden", "ginger", "glass", "grape",
          "hammer", "harbor", "harvest", "honey", "island", "ivory", "jacket", "jungle", "kettle",
          "kitten", "ladder", "lantern", "lemon", "letter", "marble", "market", "meadow", "mirror",
          "needle", "night", "ocean", "olive", "orange", "paper", "parrot", "pebble", "pepper",
          "planet", "pocket", "rabbit", "ribbon", "river", "rocket", "saddle", "salmon", "shadow",
          "silver", "spoon", "spring", "stone", "summer", "table", "temple", "thunder", "tiger",
          "timber", "tunnel", "valley", "velvet", "violin", "water", "whale", "window", "winter");
  private static final List<String> DAYS =
      Arrays.stream(DayOfWeek.values())
          .map(day -> day.getDisplayName(TextStyle.FULL, Locale.ENGLISH))
          .toList();
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("MMMM d, yyyy", Locale.ENGLISH);

  private WordPuzzles() {}

  static Puzzle sort(Random random, int level) {
    List<String> words = Puzzle.some(random, 2 + 2 * level, WORDS);
    boolean reverse = level > 2 && random.nextBoolean();
    List<String> sorted = new ArrayList<>(words);
    sorted.sort(reverse ? Comparator.reverseOrder() : Comparator.naturalOrder());
    return Puzzle.of(
        AnswerKind.WORDS,
        String.format(
            "Sort these words in %s order: %s. Answer with the words, separated by commas.",
            reverse ? "reverse alphabetical" : "alphabetical", String.join(", ", words)),
        String.join(", ", sorted));
  }

  static Puzzle cipher(Random random, int level) {
    String plain =
        Puzzle.some(random, level < 3 ? 1 : 2, WORDS).stream().collect(Collectors.joining(" "));
    int shift = level == 1 ? Puzzle.between(random, 1, 3) : Puzzle.between(random, 1, 25);
    String only = " Answer with the text only.";
    if (level == 5) {
      String key = Puzzle.one(random, WORDS).substring(0, 3);
      StringBuilder coded = new StringBuilder();
      int at = 0;
      for (int i = 0; i < plain.length(); i++) {
        char c = plain.charAt(i);
        coded.append(c == ' ' ? c : moved(c, key.charAt(at++ % key.length()) - 'a'));
      }
      return Puzzle.of(
          AnswerKind.WORDS,
          String.format(
              "A text was written in the Vigenère cipher with the key '%s' (a shifts by 0, b by 1,"
                  + " …; blanks stay and use no letter of the key): %s. What was the text?%s",
              key, coded, only),
          plain);
    }
    if (level == 4 && random.nextBoolean()) {
      StringBuilder coded = new StringBuilder();
      plain.chars().forEach(c -> coded.append((char) (c == ' ' ? ' ' : 'a' + 'z' - c)));
      return Puzzle.of(
          AnswerKind.WORDS,
          String.format(
              "In a text, each letter was replaced by its mirror in the alphabet (a by z, b by y,"
                  + " …): %s. What was the text?%s",
              coded, only),
          plain);
    }
    StringBuilder coded = new StringBuilder();
    plain.chars().forEach(c -> coded.append(c == ' ' ? ' ' : moved((char) c, shift)));
    String by =
        String.format(
            "A cipher moves each letter forward by %s%s in the alphabet, and from z on to a.",
            shift, shift == 1 ? " place" : " places");
    if (random.nextBoolean()) {
      return Puzzle.of(AnswerKind.WORDS, by + " Write '" + plain + "' in it." + only, coded);
    }
    return Puzzle.of(AnswerKind.WORDS, by + " What does '" + coded + "' mean?" + only, plain);
  }

  private static char moved(char letter, int places) {
    return (char) ('a' + (letter - 'a' + places) % 26);
  }

  /** A day of a year other than the one named. */
  private static int other(Random random, int day, int length) {
    int drawn = Puzzle.between(random, 1, length - 1);
    return drawn < day ? drawn : drawn + 1;
  }

  static Puzzle calendar(Random random, int level) {
    LocalDate date = LocalDate.of(1950, 1, 1).plusDays(random.nextInt(40_000));
    String day = DAYS.get(date.getDayOfWeek().getValue() - 1);
    String weekday = " Answer with the day of the week.";
    if (level <= 2) {
      int days = Puzzle.between(random, 2, level == 1 ? 20 : 200);
      boolean back = level == 2 && random.nextBoolean();
      LocalDate other = back ? date.minusDays(days) : date.plusDays(days);
      return Puzzle.of(
              AnswerKind.CHOICE,
              String.format(
                  "Today is %s. Which day of the week %s%s",
                  day,
                  back ? "was it " + days + " days ago?" : "will it be in " + days + " days?",
                  weekday),
              DAYS.get(other.getDayOfWeek().getValue() - 1))
          .with("choices", DAYS);
    }
    LocalDate other =
        level == 3
            ? date.withDayOfYear(other(random, date.getDayOfYear(), date.lengthOfYear()))
            : date.plusDays(Puzzle.between(random, 100, 200 * level));
    if (level == 5 && random.nextBoolean()) {
      return Puzzle.of(
          AnswerKind.NUMBER,
          String.format(
              "How many days are there from %s to %s, the first day not counted, the last one"
                  + " counted? Answer with one number.",
              date.format(DATE), other.format(DATE)),
          ChronoUnit.DAYS.between(date, other));
    }
    return Puzzle.of(
            AnswerKind.CHOICE,
            String.format(
                "%s is a %s. Which day of the week is %s?%s",
                date.format(DATE), day, other.format(DATE), weekday),
            DAYS.get(other.getDayOfWeek().getValue() - 1))
        .with("choices", DAYS);
  }
}
