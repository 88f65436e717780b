package org.r1zero.verify.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;

/** Functions and classes under test code of many kinds. */
@Tag("slow")
class PythonFunctionTest {

  private static CodeVerifier verifier;
  private static CodeVerifier sharing;

  @BeforeAll
  static void open() {
    verifier = new CodeVerifier(CodeConfig.DEFAULT);
    sharing = new CodeVerifier(CodeConfig.DEFAULT.withScoring(Scoring.SHARE));
  }

  @AfterAll
  static void close() {
    verifier.close();
    sharing.close();
  }

  /** Reads the cases: {@code ===} begins one, {@code ---} one of its parts. */
  private static List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    try (InputStream in = PythonFunctionTest.class.getResourceAsStream("function-cases.txt")) {
      assertThat(in).isNotNull();
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String section : text.split("(?m)^=== ", -1)) {
        if (!section.isBlank()) {
          cases.add(Case.read(section));
        }
      }
    }
    return cases;
  }

  /**
   * One problem.
   *
   * @param entry the entry point; empty as in MBPP
   * @param right passes
   * @param wrong fails
   */
  private record Case(String name, String entry, List<String> tests, String right, String wrong) {

    static Case read(String section) {
      String name = section.lines().findFirst().orElseThrow();
      String entry = "";
      List<String> tests = new ArrayList<>();
      Map<String, String> programs = new HashMap<>();
      String[] parts = section.split("(?m)^--- ", -1);
      for (int i = 1; i < parts.length; i++) {
        String head = parts[i].lines().findFirst().orElseThrow();
        String body = parts[i].substring(head.length() + 1);
        if (head.startsWith("entry ")) {
          entry = head.substring(6);
        } else if (head.equals("test")) {
          tests.add(body);
        } else {
          programs.put(head, body);
        }
      }
      assertThat(programs).as(name).containsOnlyKeys("right", "wrong");
      return new Case(
          name,
          entry,
          tests,
          programs.getOrDefault("right", ""),
          programs.getOrDefault("wrong", ""));
    }
  }

  @TestFactory
  Stream<DynamicTest> passesTheRightAndFailsTheWrong() throws IOException {
    return cases().stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.name(),
                    () -> {
                      Problem problem =
                          CodeProblems.function(c.entry(), c.tests().toArray(String[]::new));
                      for (CodeVerifier each : List.of(verifier, sharing)) {
                        Verdict right = judge(each, problem, c.right());
                        assertThat(right.outcome()).as("%s", right).isEqualTo(Outcome.CORRECT);
                        assertThat(right.score()).isEqualTo(1);
                        Verdict wrong = judge(each, problem, c.wrong());
                        assertThat(wrong.outcome())
                            .as("%s", wrong)
                            .isIn(Outcome.INCORRECT, Outcome.PARTIAL);
                        assertThat(wrong.score()).as("%s", wrong).isLessThan(1);
                      }
                      assertThat(judge(verifier, problem, c.wrong()).score()).isZero();
                    }));
  }

  @Test
  void sharesByAssertsPassed() {
    Problem problem =
        CodeProblems.function(
            "f",
            """
            def check(candidate):
                assert True, "no test"
                assert candidate(1) == 1
                assert candidate(2) == 4
                assert candidate(3) == 9
                value = candidate(0)
                assert value == 0
            """);
    assertThat(judge(sharing, problem, "def f(x):\n  return x * x").score()).isEqualTo(1);
    Verdict half = judge(sharing, problem, "def f(x):\n  return {1: 1, 2: 5, 3: 9}[x]");
    assertThat(half.score()).isEqualTo(0.5); // 1 and 3; the last assert is not reached
    assertThat(half.outcome()).isEqualTo(Outcome.PARTIAL);
    assertThat(half.parts()).containsEntry("tests_passed", 0.5);
    Verdict early = judge(sharing, problem, "import os\ndef f(x):\n  return x or os._exit(0)");
    assertThat(early.score()).isEqualTo(0.25);
    assertThat(judge(sharing, problem, "def f(x):\n  return None").score()).isZero();
    assertThat(judge(sharing, problem, "def g(x):\n  return 1").score()).isZero();
    Verdict slow = judge(sharing, problem, "def f(x):\n  while x == 2: pass\n  return x * x");
    assertThat(slow.outcome()).isEqualTo(Outcome.TIMEOUT);
    assertThat(slow.score()).isEqualTo(0.25);
  }

  @Test
  void takesHelpersFromThePromptAndNotFromTheProgram() {
    Problem problem =
        CodeProblems.json(
            """
            {"prompt": "import math\\ndef poly(x):\\n    return x * x - 2\\n\\ndef root():\\n",
             "entry_point": "root",
             "tests": "def check(candidate):\\n    assert math.fabs(poly(candidate())) < 1e-6\\n"}
            """);
    assertThat(judge(verifier, problem, "    return math.sqrt(2)").score()).isEqualTo(1);
    assertThat(judge(verifier, problem, "def root():\n  return math.sqrt(2)").score()).isEqualTo(1);
    assertThat(
            judge(verifier, problem, "def root():\n  return 0\ndef poly(x):\n  return 0").score())
        .isZero();
    assertThat(judge(verifier, problem, "def root():\n  return 0\nmath.fabs = lambda x: 0").score())
        .isZero();
  }

  @Test
  void continuesThePromptHoweverItIsIndented() {
    Problem problem =
        CodeProblems.json(
            """
            {"prompt": "def inc(x):\\n    \\"\\"\\"One more.\\"\\"\\"",
             "entry_point": "inc", "test": "assert inc(1) == 2"}
            """);
    for (String body :
        List.of(
            "\n    return x + 1",
            "    return x + 1",
            "return x + 1",
            "y = x\nreturn y + 1",
            "if x:\n        return x + 1",
            "def inc(x):\n    return x + 1",
            "```\n    return x + 1\n```")) {
      Verdict verdict = verifier.verify(problem, Completion.of(body));
      assertThat(verdict.score()).as("%s: %s", body, verdict).isEqualTo(1);
    }
  }

  @Test
  void judgesCallsWrittenAsJson() {
    Problem problem =
        CodeProblems.json(
            """
            {"entry_point": "pair", "tests": [
              {"args": [1, "a"], "expected": [1, "a"]}, {"args": [null, true], "expected": [null, true]}]}
            """);
    assertThat(judge(verifier, problem, "def pair(a, b):\n  return a, b").score()).isEqualTo(1);
    assertThat(judge(verifier, problem, "def pair(a, b):\n  return a").score()).isZero();
    assertThat(judge(sharing, problem, "def pair(a, b):\n  return a and (a, b)").score())
        .isEqualTo(0.5);
    Problem named =
        CodeProblems.json(
            """
            {"tests": {"fn_name": "add", "inputs": [[1, 2], [3, 4]], "outputs": [3, 7]}}
            """);
    assertThat(judge(verifier, named, "def add(a, b):\n  return a + b").score()).isEqualTo(1);
    assertThat(judge(verifier, named, "def add(a, b):\n  return 3").score()).isZero();
  }

  @Test
  void tellsWhatIsNoProgram() {
    Problem problem = CodeProblems.function("f", "assert f(1) == 1");
    for (String text : List.of("I can not do that.", "def f(x):\n  return (x", "", "   \n ")) {
      Verdict verdict = verifier.verify(problem, Completion.of(text));
      assertThat(verdict.outcome()).as("%s: %s", text, verdict).isEqualTo(Outcome.UNPARSEABLE);
    }
  }

  @Test
  void blamesTheDataSetForTestsThatCanNotRun() {
    assertThatThrownBy(
            () ->
                judge(verifier, CodeProblems.function("f", "assert f(1) ="), "def f(x): return x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("problem test/function: the tests are not Python");
    assertThatThrownBy(
            () ->
                judge(
                    verifier,
                    CodeProblems.function("", "def check(candidate):\n  assert candidate(1)"),
                    "def f(x): return x"))
        .hasMessageContaining("names no entry_point");
    assertThatThrownBy(() -> judge(verifier, CodeProblems.json("{}"), "def f(x): return x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs the field tests")
        .hasMessageContaining("found none");
  }

  private static Verdict judge(CodeVerifier verifier, Problem problem, String code) {
    return verifier.verify(problem, Completion.of(CodeProblems.fenced(code)));
  }
}
