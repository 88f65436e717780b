package org.r1zero.verify.code;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;

/** Methods in Java, called with arguments from JSON. */
@Tag("slow")
class JavaFunctionTest {

  private static final Problem ADD =
      CodeProblems.json(
          """
          {"language": "java", "entry_point": "add",
           "tests": [{"args": [12, 84717], "expected": 84729}, {"args": [-1, 1], "expected": 0}]}
          """);

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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "public class Solution { public int add(int a, int b) { return a + b; } }",
        "class Adder { static long add(long a, long b) { System.out.print(\"hm\"); return a + b; } }",
        "int add(int a, int b) { return a + b; }",
        "import java.util.stream.*;\npublic static Integer add(Integer a, Integer b) {\n"
            + "  return Stream.of(a, b).mapToInt(i -> i).sum();\n}",
        "package p;\nclass A { int add(int a) { return 0; } double add(double a, double b) { return a + b; } }"
      })
  void passesMethodsHoweverTheyAreWritten(String code) {
    Verdict verdict = judge(verifier, ADD, code);
    assertThat(verdict.outcome()).as("%s", verdict).isEqualTo(Outcome.CORRECT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "class A { static int add(int a, int b) { return a - b; } }",
        "class A { static int add(int a, int b) { System.exit(0); return 0; } }",
        "class A { static int add(int a, int b) { Runtime.getRuntime().halt(0); return 0; } }",
        "class A { static { System.exit(0); } static int add(int a, int b) { return 0; } }",
        "class A { static int add(int a, int b) { throw new Error(\"passes all tests\"); } }",
        "class A { static Object add(int a, int b) { return new Object() {"
            + " public boolean equals(Object o) { return true; } }; } }",
        "class A { static String add(int a, int b) { return \"\" + (a + b); } }",
        "class A { static int add(int a, int b) { for (int i = 0; i < 9; i++)"
            + " System.out.println(\"\\u0001r1zero \" + i + \" v true\"); System.exit(0); return 0; } }",
        "class A { static double add(int a, int b) { return Double.NaN; } }",
        "class A { static java.util.List<Object> add(int a, int b) {"
            + " java.util.List<Object> l = new java.util.ArrayList<>(); l.add(l); return l; } }",
        "class A { static int add(int a, int b) { return add(b, a); } }",
        "class A { static int other(int a, int b) { return a + b; } }",
        "class A { static int add(int a, int b) throws Exception {"
            + " for (java.io.File f : new java.io.File(\"/tmp\").listFiles()) f.delete();"
            + " return new java.io.File(\"/harness\").list().length; } }"
      })
  void failsMethodsThatAreWrongOrCheat(String code) {
    Verdict verdict = judge(verifier, ADD, code);
    assertThat(verdict.outcome()).as("%s", verdict).isEqualTo(Outcome.INCORRECT);
    assertThat(verdict.score()).isZero();
  }

  @Test
  void driverCannotBeReplaced() {
    String code =
        "class R1zeroCalls { public static void main(String[] a) { } }"
            + " class A { static int add(int a, int b) { return 0; } }";
    assertThat(judge(verifier, ADD, code).score()).isZero();
  }

  @Test
  void convertsArgumentsAndResults() {
    Problem problem =
        CodeProblems.json(
            """
            {"language": "java", "entry_point": "Solution().mix", "tests": [
              {"args": [[3, 1, 2], [["a", "é\\n"], []], {"k": 2.5}, "x", [[1, 2], [3]], null],
               "expected": {"sorted": [1, 2, 3], "texts": [["a", "é\\n"], []], "map": 5.0,
                            "char": "x", "sum": 6, "none": null, "third": 0.333333}}]}
            """);
    String code =
        """
        import java.util.*;
        public class Solution {
          public Map<String, Object> mix(int[] a, List<List<String>> texts, Map<String, Double> m,
              char c, List<int[]> rows, Integer none) {
            Arrays.sort(a);
            Map<String, Object> all = new HashMap<>();
            all.put("sorted", a);
            all.put("texts", texts);
            all.put("map", m.get("k") * 2);
            all.put("char", c);
            all.put("sum", rows.stream().flatMapToInt(Arrays::stream).sum());
            all.put("none", none);
            all.put("third", 1.0 / 3);
            return all;
          }
        }
        """;
    Verdict verdict = judge(verifier, problem, code);
    assertThat(verdict.outcome()).as("%s", verdict).isEqualTo(Outcome.CORRECT);
  }

  @Test
  void sharesByCalls() {
    Verdict half = judge(sharing, ADD, "class A { static int add(int a, int b) { return 0; } }");
    assertThat(half.score()).isEqualTo(0.5);
    assertThat(half.outcome()).isEqualTo(Outcome.PARTIAL);
    assertThat(half.reason()).isEqualTo("call 1: expected 84729, returned 0");
  }

  @Test
  void continuesThePrompt() {
    Problem problem =
        CodeProblems.json(
            """
            {"language": "java", "entry_point": "add",
             "prompt": "class Solution {\\n  /** Adds. */\\n  public int add(int a, int b) {\\n",
             "tests": [{"args": [1, 2], "expected": 3}]}
            """);
    assertThat(judge(verifier, problem, "    return a + b;\n  }\n}").score()).isEqualTo(1);
    assertThat(judge(verifier, problem, "    return a + b;\n  }").score()).isEqualTo(1);
    assertThat(judge(verifier, problem, "    return a * b;\n  }\n}").score()).isZero();
  }

  @Test
  void stopsWhatDoesNotEndAndRefusesWhatDoesNotCompile() {
    Verdict loop = judge(verifier, ADD, "int add(int a, int b) { while (true) { } }");
    assertThat(loop.outcome()).as("%s", loop).isEqualTo(Outcome.TIMEOUT);
    Verdict broken = judge(verifier, ADD, "int add(int a, int b) { return x; }");
    assertThat(broken.outcome()).as("%s", broken).isEqualTo(Outcome.UNPARSEABLE);
  }

  private static Verdict judge(CodeVerifier verifier, Problem problem, String code) {
    return verifier.verify(problem, Completion.of("So:\n```java\n" + code + "\n```\nThat is all."));
  }
}
