package org.r1zero.verify.math;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;

/** Random and adversarial answers, up to a megabyte: no exception, no hang, no memory kept. */
@Tag("slow")
class HostileMathTest {

  private static final List<String> PIECES =
      List.of(
          "\\frac{",
          "\\sqrt[",
          "\\boxed{",
          "{",
          "}",
          "(",
          ")",
          "[",
          "]",
          "|",
          "\\{",
          "\\}",
          "^",
          "_",
          "!",
          "%",
          "\\pm ",
          "\\cup ",
          "=",
          "<",
          ",",
          ";",
          ":",
          "x",
          "y",
          "7",
          "123,456",
          "9".repeat(40),
          "1e999",
          "1e9999",
          ".",
          "..",
          "-",
          "+",
          "*",
          "/",
          "\\sum_{k=1}^{999999999}k",
          "\\int ",
          "\\lim_{x\\to ",
          "\\begin{pmatrix}",
          "\\end{pmatrix}",
          "&",
          "\\\\",
          "$",
          "$$",
          "\\(",
          "\\)",
          "\\text{",
          "\\text{and}",
          "answer is ",
          "\\mod ",
          "\\binom{9999}{5000}",
          "99999!",
          "9^9^9^9",
          "\\sin ",
          "\\log_",
          "e^{",
          "i",
          "\u0000",
          "😀",
          "∞",
          "½",
          "²",
          "\n",
          " ",
          "\t",
          "é",
          "\\",
          "\\overline{",
          "<answer>",
          "</answer>",
          "<think>",
          "####",
          "and",
          "or",
          "million",
          "°",
          "\\left",
          "\\right.",
          "\\mathbb{",
          "f(",
          "\\gcd(",
          "'",
          "\\infty");

  private static final List<String> GOLDS =
      List.of(
          "5",
          "\\frac{1}{2}",
          "x^2+1",
          "(1,2)",
          "\\{1,2\\}",
          "x>3",
          "\\text{even}",
          "C",
          "\\sin x");

  private static final int LIMIT_MILLIS = 300;

  private final Verifier verifier =
      new MathVerifier.Provider()
          .create(JsonNodeFactory.instance.objectNode().put("time_limit_ms", LIMIT_MILLIS));

  @Test
  void survivesRandomTexts() {
    survive(10_000, 3_000, 31);
  }

  @Test
  @Tag("long")
  void survivesManyLongRandomTexts() {
    survive(10_000, 1_000_000, 32);
  }

  private void survive(int count, int maxLength, long seed) {
    Random random = new Random(seed);
    long slowest = 0;
    for (int i = 0; i < count; i++) {
      String text = random(random, random.nextInt(1 + random.nextInt(maxLength)));
      String wrapped =
          i % 3 == 0
              ? text
              : i % 3 == 1 ? "\\boxed{" + text + "}" : "<answer>" + text + "</answer>";
      long start = System.nanoTime();
      Verdict verdict = judge(GOLDS.get(i % GOLDS.size()), wrapped);
      slowest = Math.max(slowest, System.nanoTime() - start);
      assertThat(verdict.outcome()).as(wrapped).isNotEqualTo(Outcome.ERROR);
    }
    // At most four questions to Symja, each with its grace and perhaps the start of a new worker.
    assertThat(slowest / 1_000_000).as("slowest verdict in ms").isLessThan(20_000);
  }

  private static String random(Random random, int length) {
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }

  @Test
  void survivesOnePieceAMegabyteLong() {
    for (String piece : PIECES) {
      String text = piece.repeat(1_000_000 / piece.length());
      for (String wrapped : List.of("\\boxed{" + text + "}", "answer: " + text)) {
        long start = System.nanoTime();
        Verdict verdict = judge("5", wrapped);
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertThat(verdict.score()).as(piece).isIn(0.0, 1.0);
        assertThat(millis).as("ms for " + piece).isLessThan(10_000);
      }
    }
  }

  @Test
  void survivesExpressionsThatExplode() {
    for (String answer :
        List.of(
            "9^{9^{9^{9}}}",
            "(a+b+c+d+e+f)^{40}",
            "(a+b+c+d+g+h+k+l+m+n+o+p)^{20}-1",
            "\\sum_{k=1}^{1000000000} k^{100}",
            "\\prod_{k=1}^{500} (x+k)^{k}",
            "100000!",
            "\\binom{1000000}{500000}",
            "1/0",
            "\\frac{0}{0}",
            "\\log 0",
            "\\tan\\frac{\\pi}{2}",
            "\\sqrt{" + "\\sqrt{".repeat(50) + "2" + "}".repeat(51),
            "x^{x^{x^{x^{x}}}}",
            "\\int_0^1 e^{\\sin(\\cos(x^x))} dx",
            "[0,1]\\cup".repeat(200) + "[0,1]",
            "1,".repeat(1500) + "1",
            "\\pm 1".repeat(12),
            "\\begin{pmatrix}" + "1&".repeat(200) + "1\\end{pmatrix}")) {
      Verdict verdict = judge("x^2+1", "\\boxed{" + answer + "}");

      assertThat(verdict.score()).as(answer).isZero();
      assertThat(judge(answer, "\\boxed{x^2+1}").score()).as(answer).isZero();
    }
  }

  private Verdict judge(String gold, String completion) {
    return verifier.verify(new Problem("p", "", gold), Completion.of(completion));
  }
}
