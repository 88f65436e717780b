package org.r1zero.verify.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.code.CodeProblems.HumanEval;

/** All of HumanEval: right solutions pass, and wrong ones of several kinds fail. */
@Tag("slow")
class HumanEvalTest {

  /** Changes any value to another one that is not equal to it. */
  private static final String SPOILER =
      """

      def _spoiled(value):
          if isinstance(value, bool):
              return not value
          if isinstance(value, (int, float)):
              return value + 1
          if isinstance(value, str):
              return value + "x"
          if isinstance(value, list):
              return value + [None]
          if isinstance(value, tuple):
              return value + (None,)
          if isinstance(value, dict):
              return {**value, "_": 0}
          return 0
      """;

  private static List<HumanEval> problems;
  private static CodeVerifier verifier;

  @BeforeAll
  static void open() throws IOException {
    problems = CodeProblems.humanEval();
    verifier = new CodeVerifier(CodeConfig.DEFAULT);
  }

  @AfterAll
  static void close() {
    verifier.close();
  }

  @Test
  void hasAllProblems() {
    assertThat(problems).hasSize(164);
  }

  @Test
  void passesEverySolutionThatContinuesThePrompt() {
    assertThat(notBeing(Outcome.CORRECT, HumanEval::solution)).isEmpty();
  }

  @Test
  void passesEverySolutionThatIsWholeAndFenced() {
    assertThat(
            notBeing(
                Outcome.CORRECT,
                p -> "<think>Easy.</think>" + CodeProblems.fenced(p.prompt() + p.solution())))
        .isEmpty();
  }

  @Test
  void failsEverySolutionWhoseResultIsSpoiled() {
    assertThat(
            notBeing(
                Outcome.INCORRECT,
                p ->
                    p.solution()
                        + SPOILER
                        + "_right = "
                        + p.entryPoint()
                        + "\ndef "
                        + p.entryPoint()
                        + "(*args):\n    return _spoiled(_right(*args))\n"))
        .isEmpty();
  }

  @Test
  void failsEverySolutionThatIsRightButForItsLastCalls() {
    List<String> passed =
        notBeing(
            Outcome.INCORRECT,
            p ->
                p.solution()
                    + SPOILER
                    + "_right, _calls = "
                    + p.entryPoint()
                    + ", []\ndef "
                    + p.entryPoint()
                    + "(*args):\n    _calls.append(1)\n    value = _right(*args)\n"
                    + "    return value if len(_calls) < 2 else _spoiled(value)\n");
    // its only test is one call
    assertThat(passed).hasSize(1).first().asString().startsWith("HumanEval/34:");
  }

  @Test
  void failsEverySolutionThatDoesNothing() {
    assertThat(notBeing(Outcome.INCORRECT, p -> "    return None\n")).isEmpty();
  }

  /** The problems whose verdict has another outcome, with their reasons. */
  private static List<String> notBeing(Outcome expected, Function<HumanEval, String> completion) {
    List<String> odd = new ArrayList<>();
    for (HumanEval problem : problems) {
      Verdict verdict =
          verifier.verify(problem.problem(), Completion.of(completion.apply(problem)));
      double score = expected == Outcome.CORRECT ? 1 : 0;
      if (verdict.outcome() != expected || verdict.score() != score) {
        odd.add(problem + ": " + verdict);
      }
    }
    return odd;
  }
}
