package org.r1zero.coldstart.dataset;

import java.util.Optional;
import java.util.regex.Pattern;

/** Where in a text of data the answer is. */
enum AnswerRule {
  /** After the last {@code ####}, otherwise in the last {@code \boxed{…}}, otherwise all of it. */
  AUTO,
  /** All of it, without blanks at its ends. */
  AS_IS,
  /** The line after the last {@code ####}, numbers without the commas between thousands. */
  HASHES,
  /** What stands in the last {@code \boxed{…}} whose braces are closed. */
  BOXED;

  private static final String BOX = "\\boxed{";
  private static final Pattern THOUSANDS = Pattern.compile("-?\\d{1,3}(,\\d{3})+(\\.\\d+)?");

  /** The answer; none where the text has not what the rule looks for. */
  Optional<String> find(String text) {
    return switch (this) {
      case AUTO -> afterHashes(text).or(() -> boxed(text)).or(() -> AS_IS.find(text));
      case AS_IS -> Optional.of(text.strip());
      case HASHES -> afterHashes(text);
      case BOXED -> boxed(text);
    };
  }

  private static Optional<String> afterHashes(String text) {
    int mark = text.lastIndexOf("####");
    if (mark < 0) {
      return Optional.empty();
    }
    String answer = text.substring(mark + 4).strip().lines().findFirst().orElse("").strip();
    return Optional.of(THOUSANDS.matcher(answer).matches() ? answer.replace(",", "") : answer);
  }

  private static Optional<String> boxed(String text) {
    for (int box = text.lastIndexOf(BOX); box >= 0; box = text.lastIndexOf(BOX, box - 1)) {
      int depth = 0;
      for (int i = box + BOX.length() - 1; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\\') {
          i++;
        } else if (c == '{') {
          depth++;
        } else if (c == '}' && --depth == 0) {
          return Optional.of(text.substring(box + BOX.length(), i).strip());
        }
      }
    }
    return Optional.empty();
  }
}
