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
        "Sort these words in "
            + (reverse ? "reverse alphabetical" : "alphabetical")
            + " order: "
            + String.join(", ", words)
            + ". Answer with the words, separated by commas.",
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
          "A text was written in the Vigenère cipher with the key '"
              + key
              + "' (a shifts by 0, b by 1, …; blanks stay and use no letter of the key): "
              + coded
              + ". What was the text?"
              + only,
          plain);
    }
    if (level == 4 && random.nextBoolean()) {
      StringBuilder coded = new StringBuilder();
      plain.chars().forEach(c -> coded.append((char) (c == ' ' ? ' ' : 'a' + 'z' - c)));
      return Puzzle.of(
          AnswerKind.WORDS,
          "In a text, each letter was replaced by its mirror in the alphabet (a by z, b by y, …): "
              + coded
              + ". What was the text?"
              + only,
          plain);
    }
    StringBuilder coded = new StringBuilder();
    plain.chars().forEach(c -> coded.append(c == ' ' ? ' ' : moved((char) c, shift)));
    String by =
        "A cipher moves each letter forward by "
            + shift
            + (shift == 1 ? " place" : " places")
            + " in the alphabet, and from z on to a.";
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
              "Today is "
                  + day
                  + ". Which day of the week "
                  + (back ? "was it " + days + " days ago?" : "will it be in " + days + " days?")
                  + weekday,
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
          "How many days are there from "
              + date.format(DATE)
              + " to "
              + other.format(DATE)
              + ", the first day not counted, the last one counted? Answer with one number.",
          ChronoUnit.DAYS.between(date, other));
    }
    return Puzzle.of(
            AnswerKind.CHOICE,
            date.format(DATE)
                + " is a "
                + day
                + ". Which day of the week is "
                + other.format(DATE)
                + "?"
                + weekday,
            DAYS.get(other.getDayOfWeek().getValue() - 1))
        .with("choices", DAYS);
  }
}
