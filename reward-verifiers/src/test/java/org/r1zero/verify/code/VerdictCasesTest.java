package org.r1zero.verify.code;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

/**
 * Records with the verdict that is right: honest programs in the forms in which models write them,
 * programs that cheat, and tests that cannot run. Each verdict is a function of its record alone.
 */
@Tag("slow")
class VerdictCasesTest {

  private static CodeVerifier verifier;

  /**
   * One record.
   *
   * @param expected the score, or {@code data} where the data set is at fault
   */
  private record Case(String name, Problem problem, String completion, String expected) {}

  @BeforeAll
  static void open() {
    verifier = new CodeVerifier(CodeConfig.DEFAULT);
  }

  @AfterAll
  static void close() {
    verifier.close();
  }

  @TestFactory
  Stream<DynamicTest> judgesEachRecordAsItShould() throws IOException {
    return cases().stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.name(), () -> assertThat(judge(verifier, c)).startsWith(c.expected())));
  }

  @Test
  void judgesTheSameInBothOrdersAndInAFreshPool() throws IOException {
    List<Case> cases = cases();
    Map<String, String> first = judgeAll(verifier, cases);
    Collections.reverse(cases);
    assertThat(judgeAll(verifier, cases)).isEqualTo(first);
    try (CodeVerifier fresh = new CodeVerifier(CodeConfig.DEFAULT)) {
      assertThat(judgeAll(fresh, cases)).isEqualTo(first);
    }
  }

  @Test
  void hashesAndRandomNumbersAreTheSameInEveryProcess() {
    String code =
        "import random\ns = list({'apple', 'banana', 'cherry', 'date', 'fig'})\n"
            + "print(s, random.random(), hash('x'))";
    Problem problem = CodeProblems.program("", "none");
    String first = reason(verifier, problem, code);
    assertThat(first).contains("apple");
    for (int i = 0; i < 5; i++) {
      assertThat(reason(verifier, problem, code)).isEqualTo(first);
    }
    try (CodeVerifier fresh = new CodeVerifier(CodeConfig.DEFAULT)) {
      assertThat(reason(fresh, problem, code)).isEqualTo(first);
    }
  }

  private static String reason(CodeVerifier verifier, Problem problem, String code) {
    return verifier.verify(problem, Completion.of(CodeProblems.fenced(code))).reason();
  }

  private static Map<String, String> judgeAll(CodeVerifier verifier, List<Case> cases) {
    Map<String, String> verdicts = new LinkedHashMap<>();
    cases.forEach(c -> verdicts.put(c.name(), judge(verifier, c)));
    return verdicts;
  }

  /** The score and the outcome, or {@code data} and the fault of the data set. */
  private static String judge(CodeVerifier verifier, Case c) {
    try {
      Verdict verdict = verifier.verify(c.problem(), Completion.of(c.completion()));
      assertThat(verdict.outcome()).isNotEqualTo(Outcome.ERROR);
      return (int) verdict.score() + " " + verdict.outcome() + ": " + verdict.reason();
    } catch (IllegalArgumentException e) {
      return "data: " + e.getMessage();
    }
  }

  private static List<Case> cases() throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<Case> cases = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    VerdictCasesTest.class.getResourceAsStream("verdict-cases.jsonl")),
                StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        ObjectNode data = (ObjectNode) json.readTree(line);
        JsonNode name = data.remove("name");
        JsonNode completion = data.remove("completion");
        JsonNode expected = data.remove("expected");
        Problem problem = new Problem(name.asText(), "", "", data);
        cases.add(new Case(name.asText(), problem, completion.asText(), expected.asText()));
      }
    }
    assertThat(cases).hasSizeGreaterThan(60);
    return cases;
  }
}
