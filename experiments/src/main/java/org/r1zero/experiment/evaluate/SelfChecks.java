package org.r1zero.experiment.evaluate;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Signs of self-verification and of error correction, found by the patterns of docs/evaluation.md:
 * words alone, which say that a model talks of checking, not that it does.
 *
 * @param verifications how often it says that it checks
 * @param corrections how often it says that something was wrong
 * @param firstCorrection where the first of those starts; -1 where there is none
 */
public record SelfChecks(int verifications, int corrections, int firstCorrection) {
  private static final int MOST_CHARACTERS = 200_000;

  /** What counts as checking. */
  static final List<String> VERIFICATION =
      List.of(
          "(?:let me|let us|let's|let’s|i will|i'll|we|to)\\s(?:just\\s|now\\s|quickly\\s)?"
              + "(?:double[- ]?check|re[- ]?check|check|verify|re[- ]?verify|confirm)\\b",
          "\\bdouble[- ]?check(?:ing)?\\b",
          "\\bis (?:that|this|it) (?:really\\s)?(?:right|correct|true)\\s?\\?",
          "\\blet me think about (?:this|that|it) (?:again|once more)\\b",
          "\\bdo (?:it|this|that) again\\b",
          "\\bchecking:",
          "\\bcheck:",
          "voy a (?:mirar|comprobar|revisar) otra vez",
          "je (?:regarde|vérifie) encore",
          "ich (?:rechne|prüfe)(?: es)? noch ?(?:ein)?mal",
          "再算一[次遍]|再检查|验证一下|检查一下");

  /** What counts as correcting. */
  static final List<String> CORRECTION =
      List.of(
          "\\b(?:that|this|it)(?:'s|’s|\\sis|\\swas) (?:wrong|incorrect|not (?:right|correct))\\b",
          "\\b(?:i|we) (?:made|have made|had made) (?:a|an) (?:mistake|error)\\b",
          "\\bmy mistake\\b",
          "\\bcorrection:",
          "\\blet me (?:correct|fix|redo)\\b",
          "\\bwait,? (?:no|actually)\\b",
          "\\bno, (?:that|this|it) (?:is|was|should)\\b",
          "\\bactually,? (?:it|that|this|the) (?:is|was|should|answer)\\b",
          "\\bon second thought\\b",
          "eso (?:está|es) mal|c'est faux|das ist falsch|das war falsch",
          "不对|错了|更正");

  private static final Pattern VERIFIES = compile(VERIFICATION);
  private static final Pattern CORRECTS = compile(CORRECTION);

  private static Pattern compile(List<String> patterns) {
    return Pattern.compile(String.join("|", patterns), Pattern.CASE_INSENSITIVE);
  }

  /** Counts in a completion; of a very long one the first 200,000 characters. */
  public static SelfChecks of(String completion) {
    String text = completion.substring(0, Math.min(completion.length(), MOST_CHARACTERS));
    Matcher corrects = CORRECTS.matcher(text);
    int first = -1;
    int corrections = 0;
    while (corrects.find()) {
      first = first < 0 ? corrects.start() : first;
      corrections++;
    }
    return new SelfChecks((int) VERIFIES.matcher(text).results().count(), corrections, first);
  }
}
