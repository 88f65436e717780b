package org.r1zero.verify.math.read;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Units and counted things: words that may follow a value without changing it.
 *
 * <p>Things that can be counted are not a closed list, but the words of grammar and of calculation
 * are: a phrase is a unit where it has a known unit or a noun in the plural, and none of those
 * words. "12 cm", "5 different ways" and "3 miles per hour" name units, "5 squared", "5 or more"
 * and "5 dozen" do not.
 */
public final class Units {

  private static final int MAX_WORDS = 7;

  /** Letters with a dot, a slash or an exponent: {@code m/s^2}, {@code sq. ft}. */
  private static final Pattern WRITTEN =
      Pattern.compile(
          "[\\p{L}\\p{M}µΩ°℃℉$€£¥\\s./·*'’,~{}()²³-]*+(?:\\^\\s?\\{?-?[123]\\}?[\\s./·*)\\p{L}]*+)*+");

  private static final Pattern SPLIT = Pattern.compile("[^\\p{L}\\p{M}µΩ]+");

  /** Plurals without an s. */
  private static final Set<String> PLURALS = WordLists.set("plurals");

  /** What may stand after the thing that is counted. */
  private static final Set<String> AFTER = WordLists.set("after_units");

  /** Words of grammar, of calculation and of doubt, and those that are numbers themselves. */
  private static final Set<String> OTHER_WORDS = WordLists.set("other_than_units");

  private Units() {}

  /** Whether a phrase after a value only says what is counted or measured. */
  static boolean isUnit(String phrase) {
    String text = phrase.strip();
    if (text.length() > 60 || !WRITTEN.matcher(text).matches()) {
      return false;
    }
    String[] words = SPLIT.split(text.startsWith("(") ? text.substring(1) : text, -1);
    boolean head = words.length == 0 || text.chars().noneMatch(Character::isLetter);
    boolean linked = false;
    int count = 0;
    for (String word : words) {
      String lower = word.toLowerCase(Locale.ROOT);
      if (lower.isEmpty()) {
        continue;
      }
      if (++count > MAX_WORDS
          || (OTHER_WORDS.contains(lower) && !(lower.equals("times") && words.length == 1))
          || NumberWords.digits(lower) != null
          || Vocabulary.magnitude(lower) != null) {
        return false;
      }
      boolean after = AFTER.contains(lower);
      if (head && !after && !linked && !isThing(word)) {
        return false;
      }
      head |= isThing(word);
      linked = after;
    }
    return head;
  }

  private static boolean isThing(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    boolean foreign = !word.isEmpty() && word.charAt(0) > 0x7f && word.length() <= 12;
    boolean plural =
        lower.length() > 3 && lower.endsWith("s") && !lower.endsWith("ss") && !lower.endsWith("us");
    boolean modifier = lower.equals("square") || lower.equals("cubic") || lower.equals("sq");
    return foreign
        || plural
        || PLURALS.contains(lower)
        || (!modifier && Vocabulary.unit(word))
        || (word.length() <= 2 && isSymbol(word));
  }

  /** A short symbol of the International System, perhaps with a prefix. */
  private static boolean isSymbol(String word) {
    return TermParser.UPRIGHT_UNITS.contains(word.substring(word.length() - 1))
        && (word.length() == 1 || "kcmnMGdµ".indexOf(word.charAt(0)) >= 0);
  }
}
