package org.r1zero.verify.language;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The words of a text that tell its language. Left out are single letters, words with digits or
 * underscores in or beside them, names (capitalised within a sentence), abbreviations, and units
 * and functions that all languages share.
 */
final class Words {

  /** A text longer than this is judged by its first and its last half of so many characters. */
  static final int MAX_CHARACTERS = 200_000;

  /** From so many letters on, what digits or underscores touch may be a word. */
  private static final int SYMBOL = 3;

  private static final int MIN_SYMBOLS = 4;

  private static final Set<String> INTERNATIONAL =
      Set.of(
          "mm", "cm", "dm", "km", "mg", "kg", "ml", "cl", "dl", "ft", "lb", "lbs", "oz", "mph",
          "kmh", "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh",
          "cosh", "tanh", "log", "ln", "exp", "lim", "mod", "gcd", "lcm", "max", "min", "det",
          "arg", "deg", "sqrt", "frac", "vs", "etc", "ok", "hm", "hmm", "nth", "th", "st", "nd",
          "rd", "am", "pm");

  private final String text;
  private final List<Word> words = new ArrayList<>();

  /** Words with digits or underscores in or beside them, but for short ones. */
  private final List<Word> symbols = new ArrayList<>();

  private final Set<Integer> starts = new HashSet<>();
  private int at;
  private int sentence;

  private Words(String text) {
    this.text = text;
  }

  /** The words of a completion, markup left out. */
  static List<Word> of(String completion) {
    Words reader = new Words(Markup.prose(shortened(completion)));
    reader.read();
    // Words that are written as if they were symbols, as a rule and not here and there.
    return reader.symbols.size() > Math.max(MIN_SYMBOLS, reader.words.size())
        ? List.copyOf(reader.symbols)
        : reader.withoutNames();
  }

  private static String shortened(String text) {
    int half = MAX_CHARACTERS / 2;
    return text.length() <= MAX_CHARACTERS
        ? text
        : text.substring(0, half) + "\n" + text.substring(text.length() - half);
  }

  private void read() {
    while (at < text.length()) {
      int c = text.codePointAt(at);
      if (Character.isLetter(c)) {
        readWord();
      } else {
        if (endsSentence(c)) {
          sentence++;
        }
        at += Character.charCount(c);
      }
    }
  }

  private void readWord() {
    int start = at;
    UnicodeScript script = UnicodeScript.of(text.codePointAt(at));
    while (at < text.length() && continues(script)) {
      at += Character.charCount(text.codePointAt(at));
    }
    Word word = new Word(text.substring(start, at), script, sentence);
    boolean glued = isGlue(start - 1, word) || isGlue(at, word);
    boolean single = word.length() == 1 && !word.isUnspaced();
    if (glued && word.length() >= SYMBOL) {
      symbols.add(word);
    }
    if (!glued && !single && !INTERNATIONAL.contains(word.text())) {
      if (words.isEmpty() || words.get(words.size() - 1).sentence() != sentence) {
        starts.add(words.size());
      }
      words.add(word);
    }
  }

  private boolean continues(UnicodeScript script) {
    int c = text.codePointAt(at);
    if (Character.isLetter(c) || isMark(c)) {
      UnicodeScript own = UnicodeScript.of(c);
      return own == script || own == UnicodeScript.INHERITED || own == UnicodeScript.COMMON;
    }
    return (c == '\'' || c == '’')
        && at + 1 < text.length()
        && Character.isLetter(text.charAt(at + 1));
  }

  private static boolean isMark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
  }

  /**
   * Whether a character makes the word that it touches a symbol, as in {@code x_1} or {@code 2k}.
   */
  private boolean isGlue(int index, Word word) {
    if (index < 0 || index >= text.length()) {
      return false;
    }
    char c = text.charAt(index);
    // In scripts without spaces, and in Korean, digits touch words that they are not a part of.
    boolean digitsApart = word.isUnspaced() || word.script() == UnicodeScript.HANGUL;
    return c == '_' || c == '^' || c == '\\' || c == '@' || (Character.isDigit(c) && !digitsApart);
  }

  private boolean endsSentence(int c) {
    if (c == '.') {
      return at + 1 >= text.length() || !Character.isDigit(text.charAt(at + 1));
    }
    return "!?;:\n…。！？；：".indexOf(c) >= 0;
  }

  /** Leaves out capitalised words and abbreviations, but not where most words are written so. */
  private List<Word> withoutNames() {
    Map<Integer, int[]> capitals = new HashMap<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < words.size(); i++) {
      Word word = words.get(i);
      int[] count = capitals.computeIfAbsent(word.sentence(), s -> new int[2]);
      boolean capital = isCapital(i);
      count[0] += capital ? 1 : 0;
      count[1]++;
      if (capital) {
        names.add(word.text());
      }
    }
    List<Word> kept = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      Word word = words.get(i);
      int[] count = capitals.getOrDefault(word.sentence(), new int[2]);
      boolean shouting = 2 * count[0] > count[1];
      boolean name = isCapital(i) || (starts.contains(i) && names.contains(word.text()));
      if (!name || shouting) {
        kept.add(word);
      }
    }
    return kept;
  }

  private boolean isCapital(int index) {
    Word word = words.get(index);
    return word.isAllCapitals() || (word.isCapitalised() && !starts.contains(index));
  }
}
