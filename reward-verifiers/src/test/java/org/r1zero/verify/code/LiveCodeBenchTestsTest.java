package org.r1zero.verify.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;

/**
 * Tests as LiveCodeBench's files have them. Packed ones were written by Python 3.11: {@code
 * base64.b64encode(zlib.compress(pickle.dumps(json.dumps(tests))))}.
 */
class LiveCodeBenchTestsTest {
  private static final String PUBLIC =
      "[{\"input\": \"2\\n\", \"output\": \"4\\n\", \"testtype\": \"stdin\"}]";

  /** One test: 3, 6. */
  private static final String SHORT =
      "eJxrYJlqwwABPRbR1UqZeQWlJUpWCkrGMXlKOgpK+aUlUAEziEBJanFJSWVBKkiouCQlM0+pNnaKHgCV" + "2RRM";

  /** The same by pickle's protocol 2. */
  private static final String OLD =
      "eJxrYIqwYGBgiK5WyswrKC1RslJQMo7JU9JRUMovLYEKmEEESlKLS0oqC1JBQsUlKZl5SrWxhQx6AGJQ" + "EyI=";

  /** Twenty tests, from 0, 0 to 19, 38. */
  private static final String LONG =
      "eJyNkrsKwkAQRS3yIcvUQdyZGKNfIqidKdKsgUyKIEI+Qv/XR6V7Ee5Uw4XTHM5cPOZi8bn99HoOV+lS"
          + "P7rsgqyOScogl9F/B28H96lv39Pg5y7JrQxfXMw55TjNuYrjLOdqjqtyruG4dc5FUkwNIGlmAyCppgGQ"
          + "dLMFkJQToRpls8FuSD0RylHST4R2lBQUoR5lDUE/xhqCgIw1BAUZawgSMtYQNGT/DZ3uyydd5FzO";

  /** A call of {@code print}. */
  private static final String CALL = "eJxrYJkqxwABPRxJpZk5JZl5xVN6WAuKMvNKpkye0sNYMaV1StAUPQDyFg4J";

  private static Problem problem(String hidden) {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.put("public_test_cases", PUBLIC);
    data.put("private_test_cases", hidden);
    data.put("metadata", "{}");
    data.put("starter_code", "");
    return new Problem("p", "Double it.", "", data);
  }

  /** A method {@code has} that says whether a number is in a list. */
  private static Problem method() {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.put(
        "public_test_cases",
        "[{\"input\": \"[1, 2]\\n3\", \"output\": \"false\", \"testtype\": \"functional\"}]");
    data.put(
        "private_test_cases",
        "[{\"input\": \"[1, 2]\\n2\", \"output\": \"true\", \"testtype\": \"functional\"}]");
    data.put("metadata", "{\"func_name\": \"has\"}");
    data.put("starter_code", "class Solution:\n    def has(self, a: List[int], b: int) -> bool:\n");
    return new Problem("p", "Is b in a?", "", data);
  }

  private static CodeTask read(Problem problem) {
    return CodeTaskReader.read(problem, Language.PYTHON);
  }

  @ParameterizedTest
  @ValueSource(strings = {SHORT, OLD, "[{\"input\": \"3\\n\", \"output\": \"6\\n\"}]"})
  void publicTestsComeBeforePrivateOnesPackedOrNot(String hidden) {
    CodeTask task = read(problem(hidden));
    assertThat(((CodeTests.Runs) task.tests()).runs())
        .containsExactly(new CodeTests.Run("2\n", "4\n"), new CodeTests.Run("3\n", "6\n"));
    assertThat(task.entryPoint()).isEmpty();
    assertThat(task.prompt()).isEqualTo("Double it.");
  }

  @Test
  void longTextsArePickledAnotherWay() {
    CodeTests.Runs runs = (CodeTests.Runs) read(problem(LONG)).tests();
    assertThat(runs.runs()).hasSize(21).endsWith(new CodeTests.Run("19\n", "38\n"));
  }

  @Test
  void metadataThatIsNoJsonIsAFaultOfTheData() {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.put("public_test_cases", PUBLIC).put("metadata", "{'func_name'");
    Problem problem = new Problem("p", "Double it.", "", data);
    assertThatThrownBy(() -> read(problem))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("problem p: metadata is not JSON");
  }

  @Test
  void metadataNamesTheMethod() {
    CodeTask task = read(method());
    CodeTests.Calls calls = (CodeTests.Calls) task.tests();
    assertThat(task.entryPoint()).contains("has");
    assertThat(task.prompt()).startsWith("class Solution");
    assertThat(calls.calls().get(0).arguments()).hasToString("[[1,2],3]");
    assertThat(calls.calls().get(0).expected()).hasToString("false");
  }

  @Test
  @Tag("slow")
  void programsAndMethodsAreJudgedByPublicAndPrivateTests() {
    String first = "class Solution:\n    def has(self, a: List[int], b: int) -> bool:\n        ";
    try (CodeVerifier verifier = new CodeVerifier(CodeConfig.DEFAULT)) {
      assertThat(outcome(verifier, problem(LONG), "print(2 * int(input()))"))
          .isEqualTo(Outcome.CORRECT);
      assertThat(outcome(verifier, problem(LONG), "print(4)")).isEqualTo(Outcome.INCORRECT);
      assertThat(outcome(verifier, method(), first + "return b in a")).isEqualTo(Outcome.CORRECT);
      assertThat(outcome(verifier, method(), first + "return False")).isEqualTo(Outcome.INCORRECT);
    }
  }

  private static Outcome outcome(CodeVerifier verifier, Problem problem, String program) {
    Completion completion = Completion.of("```python\n" + program + "\n```");
    return verifier.verify(problem, completion).outcome();
  }

  @ParameterizedTest
  @CsvSource({
    CALL + ", it is no pickled text",
    "eJxr, can't be read",
    "'{}', can't be read",
    "nothing at all, can't be read",
  })
  void whatIsNoPickledTextIsAFaultOfTheData(String hidden, String message) {
    assertThatThrownBy(() -> read(problem(hidden)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("problem p: private_test_cases can't be read")
        .hasMessageContaining(message);
  }
}
