package org.r1zero.verify.language;

import java.lang.Character.UnicodeScript;

/**
 * A word of a text, or a run of characters of a script that is written without spaces.
 *
 * @param text as it stands there
 * @param script of its letters
 * @param sentence the number of its sentence, from 0
 */
record Word(String text, UnicodeScript script, int sentence) {

  /** Characters of a word where words are not parted: about two. */
  private static final int CHARACTERS_A_WORD = 2;

  /** How many words it counts as. */
  int count() {
    return isUnspaced() ? (length() + CHARACTERS_A_WORD - 1) / CHARACTERS_A_WORD : 1;
  }

  /** Whether its script is written without spaces. */
  boolean isUnspaced() {
    return switch (script) {
      case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> true;
      default -> false;
    };
  }

  /** Its characters, not counting surrogates twice. */
  int length() {
    return text.codePointCount(0, text.length());
  }

  /** Whether it starts with a capital and has a small letter. */
  boolean isCapitalised() {
    return Character.isUpperCase(text.codePointAt(0))
        && text.codePoints().anyMatch(Character::isLowerCase);
  }

  /** Whether it has capitals only, at least two: an abbreviation. */
  boolean isAllCapitals() {
    return length() > 1
        && text.codePoints().noneMatch(Character::isLowerCase)
        && text.codePoints().anyMatch(Character::isUpperCase);
  }
}
