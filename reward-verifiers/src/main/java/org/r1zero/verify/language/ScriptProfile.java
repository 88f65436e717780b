package org.r1zero.verify.language;

import com.github.pemistahl.lingua.api.IsoCode639_1;
import com.github.pemistahl.lingua.api.Language;
import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A language and the scripts that it is written in.
 *
 * @param language as the detector knows it
 * @param scripts those of its words
 */
record ScriptProfile(Language language, Set<UnicodeScript> scripts) {

  /**
   * The profile of a language.
   *
   * @param code ISO 639-1, such as {@code en}
   * @throws IllegalArgumentException if the detector does not know it
   */
  static ScriptProfile of(String code) {
    for (Language language : Language.values()) {
      if (language != Language.UNKNOWN && code(language).equals(code)) {
        return new ScriptProfile(language, scripts(code));
      }
    }
    throw new IllegalArgumentException(
        "no language '" + code + "'; known: " + String.join(", ", codes()));
  }

  /** The codes of all languages known, in alphabetical order. */
  static List<String> codes() {
    List<String> codes = new ArrayList<>();
    for (IsoCode639_1 code : IsoCode639_1.values()) {
      if (code != IsoCode639_1.NONE) {
        codes.add(code.name().toLowerCase(Locale.ROOT));
      }
    }
    codes.sort(null);
    return codes;
  }

  /** ISO 639-1. */
  String code() {
    return code(language);
  }

  /** Whether both can be written in the same script. */
  boolean sharesScript(ScriptProfile other) {
    return scripts.stream().anyMatch(other.scripts::contains);
  }

  private static String code(Language language) {
    return language.getIsoCode639_1().name().toLowerCase(Locale.ROOT);
  }

  private static Set<UnicodeScript> scripts(String code) {
    return switch (code) {
      case "zh" -> Set.of(UnicodeScript.HAN);
      case "ja" -> Set.of(UnicodeScript.HAN, UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA);
      case "ko" -> Set.of(UnicodeScript.HANGUL);
      case "be", "bg", "kk", "mk", "mn", "ru", "sr", "uk" -> Set.of(UnicodeScript.CYRILLIC);
      case "ar", "fa", "ur" -> Set.of(UnicodeScript.ARABIC);
      case "hi", "mr" -> Set.of(UnicodeScript.DEVANAGARI);
      case "bn" -> Set.of(UnicodeScript.BENGALI);
      case "el" -> Set.of(UnicodeScript.GREEK);
      case "gu" -> Set.of(UnicodeScript.GUJARATI);
      case "he" -> Set.of(UnicodeScript.HEBREW);
      case "hy" -> Set.of(UnicodeScript.ARMENIAN);
      case "ka" -> Set.of(UnicodeScript.GEORGIAN);
      case "pa" -> Set.of(UnicodeScript.GURMUKHI);
      case "ta" -> Set.of(UnicodeScript.TAMIL);
      case "te" -> Set.of(UnicodeScript.TELUGU);
      case "th" -> Set.of(UnicodeScript.THAI);
      default -> Set.of(UnicodeScript.LATIN);
    };
  }
}
