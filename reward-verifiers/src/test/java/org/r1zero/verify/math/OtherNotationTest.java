package org.r1zero.verify.math;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.read.ReadingRules;

/**
 * Golds against themselves in other notation, and against each other: those of outputs.csv, which
 * were written for this project, and where they are on this machine the 500 of MATH-500.
 */
@Tag("slow")
class OtherNotationTest {

  private static final String[] WRAPPINGS = {
    "So the answer is $\\boxed{%s}$.",
    "\\[\\boxed{ %s }\\]",
    "<think> hm </think> <answer>%s</answer>",
    "<answer>$%s$</answer>",
    "The final answer is $%s$.",
    "Therefore $%s$",
    "Answer: \\( %s \\)"
  };

  private final Verifier verifier =
      new MathVerifier.Provider()
          .create(JsonNodeFactory.instance.objectNode().put("evaluated", false));

  @Test
  void knowsOurGoldsInOtherNotation() {
    assertThat(judgedInOtherNotation(ourGolds())).isGreaterThan(700);
  }

  @Test
  void knowsEachGoldInOtherNotation() {
    assertThat(judgedInOtherNotation(golds())).isEqualTo(1500);
  }

  private int judgedInOtherNotation(List<String> golds) {
    List<String> missed = new ArrayList<>();
    int judged = 0;
    Random random = new Random(20);
    for (String gold : golds) {
      for (int variant = 0; variant < 3; variant++) {
        String other = rewritten(gold, random.nextLong(), variant != 2);
        String wrapping = WRAPPINGS[random.nextInt(WRAPPINGS.length)];
        String completion = wrapping.replace("%s", other);
        judged++;
        if (judge(gold, completion).score() != 1) {
          missed.add(gold + "  <>  " + completion);
        }
      }
    }
    assertThat(missed.size()).as("missed: %s", missed).isLessThanOrEqualTo(judged / 100);
    return judged;
  }

  @Test
  void tellsGoldsApart() {
    List<String> golds = golds();
    List<String> confused = new ArrayList<>();
    Random random = new Random(21);
    for (String gold : golds) {
      for (int i = 0; i < 8; i++) {
        String other = golds.get(random.nextInt(golds.size()));
        if (!other.equals(gold) && judge(gold, "\\boxed{" + other + "}").score() == 1) {
          confused.add(gold + "  <>  " + other);
        }
      }
    }
    // 40_9 and 40, $36 and 36 degrees: a base or a unit left out is forgiven.
    assertThat(confused).hasSizeLessThanOrEqualTo(4);
  }

  @Test
  void seesOneChangedDigit() {
    List<String> missed = new ArrayList<>();
    for (String gold : golds()) {
      int digit = lastDigit(gold);
      if (digit >= 0) {
        char other = gold.charAt(digit) == '9' ? '8' : (char) (gold.charAt(digit) + 1);
        String changed = gold.substring(0, digit) + other + gold.substring(digit + 1);
        if (judge(gold, "\\boxed{" + changed + "}").score() == 1) {
          missed.add(gold + "  <>  " + changed);
        }
      }
    }
    // In a unit's exponent (cm^2) a digit does not count.
    assertThat(missed).allMatch(text -> text.contains("\\text") || text.contains("\\mbox"));
  }

  private static int lastDigit(String text) {
    for (int i = text.length() - 1; i >= 0; i--) {
      if (Character.isDigit(text.charAt(i))) {
        return i;
      }
    }
    return -1;
  }

  /** The gold written otherwise; words, dates and letters only differ in their wrapping. */
  private static String rewritten(String gold, long seed, boolean latex) {
    Gold read = new Gold(gold);
    Expr expr = read.answer().read(ReadingRules.USUAL);
    if (expr == null
        || !read.words().isEmpty()
        || read.choice() != null
        || read.calendar() != null) {
      return gold;
    }
    try {
      return new Rewriting(seed, latex).write(expr);
    } catch (IllegalArgumentException e) {
      // A sign that is not rewritten, such as an integral.
      return gold;
    }
  }

  private Verdict judge(String gold, String completion) {
    return verifier.verify(new Problem("p", "", gold), Completion.of(completion));
  }

  /** The golds of outputs.csv. */
  static List<String> ourGolds() {
    return Suite.text("outputs.csv")
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("¦", -1)[1].strip())
        .distinct()
        .toList();
  }

  private static List<String> golds() {
    return Suite.load("math500-golds").cases().stream()
        .map(one -> one.node().path("gold").asText())
        .toList();
  }
}
