package org.r1zero.verify.math;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.equal.Comparison;
import org.r1zero.verify.math.equal.Families;
import org.r1zero.verify.math.expr.Assignments;
import org.r1zero.verify.math.expr.Exact;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Exprs;
import org.r1zero.verify.math.read.AnswerText;
import org.r1zero.verify.math.read.PlainText;
import org.r1zero.verify.math.read.ReadingRules;
import org.r1zero.verify.math.read.WordAnswers;

/** Compares an answer's text with the gold: as text, as a choice or date, then as mathematics. */
final class Answers {

  /** One comma between the same digits, without a space. */
  private static final Pattern PAIR = Pattern.compile("-?(\\d{1,30}),\\1");

  private final Gold gold;
  private final Comparison comparison;

  Answers(Gold gold, Comparison comparison) {
    this.gold = gold;
    this.comparison = comparison;
  }

  boolean equal(AnswerText answer) {
    if (answer.text().equals(gold.answer().text())) {
      return true;
    }
    String words = PlainText.words(answer.text());
    if (!gold.words().isEmpty() && WordAnswers.same(gold.answer().text(), answer.text())) {
      return true;
    }
    String goldDigits = WordAnswers.digits(gold.answer().text());
    String digits = WordAnswers.digits(answer.text());
    if (goldDigits != null || digits != null) {
      Gold wanted = goldDigits == null ? gold : new Gold(goldDigits);
      AnswerText given = digits == null ? answer : new AnswerText(digits);
      return new Answers(wanted, comparison).asMathematics(given);
    }
    String goldSet = WordAnswers.numberSet(gold.words());
    String set = WordAnswers.numberSet(words);
    if ((goldSet == null) != (set == null)) {
      return set != null
          ? asMathematics(new AnswerText(set))
          : new Answers(new Gold(requireNonNull(goldSet)), comparison).asMathematics(answer);
    }
    boolean nothing =
        WordAnswers.isNothing(gold.words()) || WordAnswers.isNothingReal(gold.words());
    if (nothing) {
      return isEmptySet(answer);
    }
    if (WordAnswers.isNothing(words) || WordAnswers.isNothingReal(words)) {
      return isEmptySet(gold.answer());
    }
    Choices.Choice wanted = gold.choice();
    Choices.Choice given = wanted == null ? null : Choices.of(answer.text());
    if (wanted != null && given != null) {
      return wanted.letter().equals(given.letter());
    }
    String letters = Choices.several(gold.answer().text());
    if (letters != null && letters.equals(Choices.several(answer.text()))) {
      return true;
    }
    CalendarText date = gold.calendar();
    if (date != null) {
      return CalendarText.matches(date, answer.text());
    }
    if (wanted != null && !wanted.value().isEmpty()) {
      return new Answers(new Gold(wanted.value()), comparison).equal(answer);
    }
    return asMathematics(answer) || (wanted == null && valueOfChoice(answer));
  }

  /** {@code \text{(D) } 24} answers 24. */
  private boolean valueOfChoice(AnswerText answer) {
    Choices.Choice given = Choices.of(answer.text());
    return given != null
        && !given.value().isEmpty()
        && asMathematics(new AnswerText(given.value()));
  }

  private static boolean isEmptySet(AnswerText answer) {
    return answer.read(ReadingRules.USUAL) instanceof Expr.Group group && group.items().isEmpty();
  }

  private boolean asMathematics(AnswerText answer) {
    Expr wanted = gold.answer().read(ReadingRules.USUAL);
    Expr given = answer.read(ReadingRules.USUAL);
    if (wanted == null || given == null) {
      return wanted == null && given == null && squeezed(gold.answer()).equals(squeezed(answer));
    }
    if (contradicts(answer, given)
        || (answer.isHedged() && isPlain(wanted))
        || (gold.isClock() && answer.text().indexOf(':') < 0 && !answer.text().contains("colon"))
        || isDecimalOrPair(answer)) {
      return false;
    }
    if (comparison.answers(wanted, given) || inOtherNotation(wanted, given, answer)) {
      return true;
    }
    if (gold.answer().hasThousands() || answer.hasThousands()) {
      if (equal(ReadingRules.LISTS, ReadingRules.LISTS, answer)) {
        return true;
      }
    }
    if (gold.answer().hasDecimalComma()
        || (answer.hasDecimalComma() && Exprs.names(wanted).isEmpty())) {
      if (equal(ReadingRules.DECIMAL_COMMA, ReadingRules.DECIMAL_COMMA, answer)) {
        return true;
      }
    }
    boolean unitInAnswer = Exprs.names(wanted).isEmpty() && Exprs.names(given).size() == 1;
    if (unitInAnswer && equal(ReadingRules.USUAL, ReadingRules.SHORT_UNITS, answer)) {
      return true;
    }
    return gold.answer().hasSpacedUnit()
        && equal(ReadingRules.SHORT_UNITS, ReadingRules.SHORT_UNITS, answer);
  }

  private boolean inOtherNotation(Expr wanted, Expr given, AnswerText answer) {
    String parameter = gold.answer().parameter();
    if (parameter != null
        && new Families(comparison).same(wanted, parameter, given, answer.parameter())) {
      return true;
    }
    if (gold.answer().hasDegrees() != answer.hasDegrees()) {
      Expr other = answer.hasDegrees() ? wanted : given;
      return Exprs.contains(other, Expr.Constant.PI)
          && (answer.hasDegrees()
              ? comparison.answers(wanted, Exprs.degrees(given))
              : comparison.answers(Exprs.degrees(wanted), given));
    }
    return false;
  }

  /** Whether a gold is an exact number, which is not answered by "about" it. */
  private static boolean isPlain(Expr wanted) {
    Expr value = wanted instanceof Expr.Chain chain ? chain.last() : wanted;
    return Exact.of(value) != null && !(value instanceof Expr.Num num && num.decimal());
  }

  /** Whether {@code 5,5} may be a decimal as well as a value that is said twice. */
  private boolean isDecimalOrPair(AnswerText answer) {
    return answer.text().indexOf(',') > 0
        && PAIR.matcher(answer.text()).matches()
        && !gold.answer().text().contains(",");
  }

  /** Whether an answer says that different numbers are equal; units may make that true. */
  private static boolean contradicts(AnswerText answer, Expr given) {
    return given instanceof Expr.Chain chain
        && !answer.text().contains("\\text")
        && !answer.text().contains("\\mathrm")
        && Assignments.contradicts(chain);
  }

  private boolean equal(ReadingRules goldWay, ReadingRules answerWay, AnswerText answer) {
    @Nullable Expr wanted = gold.answer().read(goldWay);
    @Nullable Expr given = answer.read(answerWay);
    return wanted != null && given != null && comparison.answers(wanted, given);
  }

  private static String squeezed(AnswerText answer) {
    return answer.text().replaceAll("[\\s$]+|\\\\(?:text|mathrm|mbox)\\s?\\{([^{}]*)\\}", "$1");
  }
}
