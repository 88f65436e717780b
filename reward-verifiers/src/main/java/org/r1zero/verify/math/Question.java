package org.r1zero.verify.math;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Exprs;
import org.r1zero.verify.math.read.AnswerText;
import org.r1zero.verify.math.read.MathSpans;
import org.r1zero.verify.math.read.ReadingRules;

/** The formulas of a question, read once for all answers to it. */
final class Question {

  /** Longer questions are looked at in part. */
  private static final int MAX_LENGTH = 8_000;

  private static final int MAX_COPY = 300;

  /** Spacing and looks, which may differ between a formula and its copy. */
  private static final Pattern LOOSE =
      Pattern.compile("[\\s$]+|\\\\(?:left|right|displaystyle|[,;:! ()\\[\\]])|~");

  private final String text;
  private final Set<String> keys = new HashSet<>();

  Question(String text) {
    this.text = text.substring(0, Math.min(text.length(), MAX_LENGTH));
    for (MathSpans formula : MathSpans.formulas(this.text)) {
      read(formula.text());
    }
    for (MathSpans formula : MathSpans.plain(this.text)) {
      read(formula.text());
    }
  }

  private void read(String formula) {
    Expr expr = new AnswerText(formula).read(ReadingRules.USUAL);
    if (expr != null) {
      add(expr);
    }
  }

  private void add(Expr expr) {
    keys.add(Evaluation.key(expr));
    Exprs.parts(expr).forEach(this::add);
  }

  /** Whether an answer is a formula of the question, or a part of one. */
  boolean has(Expr answer, String written) {
    if (answer instanceof Expr.Name || answer instanceof Expr.Text) {
      return false;
    }
    return keys.contains(Evaluation.key(answer)) || hasText(written);
  }

  /** Whether it stands there as it is written, for formulas that are not read or not marked. */
  private boolean hasText(String written) {
    String copy = LOOSE.matcher(written).replaceAll("");
    boolean formula =
        copy.length() <= MAX_COPY && copy.chars().anyMatch(c -> "\\^+*/=(".indexOf(c) >= 0);
    if (!formula) {
      return false;
    }
    StringBuilder pattern = new StringBuilder("(?<![\\w.^_\\\\])");
    for (int i = 0; i < copy.length(); i++) {
      pattern
          .append(Pattern.quote(copy.substring(i, i + 1)))
          .append("(?:")
          .append(LOOSE)
          .append(")?+");
    }
    return Pattern.compile(pattern + "(?![\\w^_])").matcher(text).find();
  }
}
