package org.r1zero.verify.math;

import org.jspecify.annotations.Nullable;

/** Compares an answer's text with the gold: as text, as a choice or date, then as mathematics. */
final class Answers {

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
    if (!gold.words().isEmpty() && gold.words().equals(PlainText.words(answer.text()))) {
      return true;
    }
    Choices.Choice wanted = gold.choice();
    Choices.Choice given = wanted == null ? null : Choices.of(answer.text());
    if (wanted != null && given != null) {
      return wanted.letter().equals(given.letter());
    }
    CalendarText date = gold.calendar();
    if (date != null) {
      return CalendarText.matches(date, answer.text());
    }
    if (wanted != null && !wanted.value().isEmpty()) {
      return new Answers(new Gold(wanted.value()), comparison).equal(answer);
    }
    return asMathematics(answer);
  }

  private boolean asMathematics(AnswerText answer) {
    Expr wanted = gold.answer().read(ReadingRules.USUAL);
    Expr given = answer.read(ReadingRules.USUAL);
    if (wanted == null || given == null) {
      return wanted == null && given == null && squeezed(gold.answer()).equals(squeezed(answer));
    }
    if (comparison.answers(wanted, given)) {
      return true;
    }
    if (gold.answer().hasThousands() || answer.hasThousands()) {
      if (equal(ReadingRules.LISTS, ReadingRules.LISTS, answer)) {
        return true;
      }
    }
    if (gold.answer().hasDecimalComma() || answer.hasDecimalComma()) {
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

  private boolean equal(ReadingRules goldWay, ReadingRules answerWay, AnswerText answer) {
    @Nullable Expr wanted = gold.answer().read(goldWay);
    @Nullable Expr given = answer.read(answerWay);
    return wanted != null && given != null && comparison.answers(wanted, given);
  }

  private static String squeezed(AnswerText answer) {
    return answer.text().replaceAll("[\\s$]+", "");
  }
}
