package org.r1zero.verify.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodeTaskReaderTest {

  @Test
  void readsHumanEvalAndMbpp() {
    CodeTask human =
        read("{'prompt': 'def f():', 'test': 'def check(candidate): pass', 'entry_point': 'f'}");
    assertThat(human.tests()).isInstanceOf(CodeTests.Asserts.class);
    assertThat(human.entryPoint()).contains("f");
    assertThat(human.prompt()).isEqualTo("def f():");
    CodeTask mbpp =
        read(
            "{'test_imports': ['import math'], 'test_setup_code': 'x = 1',"
                + " 'test_list': ['assert a', 'assert b']}");
    assertThat(mbpp.tests())
        .isEqualTo(
            new CodeTests.Asserts(
                java.util.List.of("import math", "x = 1", "assert a", "assert b")));
    assertThat(mbpp.entryPoint()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'tests': [{'input': '1', 'output': '2'}]}",
        "{'tests': {'inputs': ['1'], 'outputs': ['2']}}",
        "{'tests': '{\"inputs\": [\"1\"], \"outputs\": [\"2\"]}'}",
        "{'tests': [{'input': '1', 'output': '2', 'testtype': 'stdin'}], 'entry_point': 'f'}",
      })
  void readsRuns(String json) {
    if (json.contains("entry_point")) {
      assertThat(read(json).tests()).isInstanceOf(CodeTests.Runs.class);
    } else {
      assertThat(read(json).tests())
          .isEqualTo(new CodeTests.Runs(java.util.List.of(new CodeTests.Run("1", "2"))));
    }
  }

  @Test
  void readsLinesOfRuns() {
    CodeTests.Runs runs =
        (CodeTests.Runs) read("{'tests': {'inputs': [['1', '2']], 'outputs': [['3']]}}").tests();
    assertThat(runs.runs()).containsExactly(new CodeTests.Run("1\n2\n", "3\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'entry_point': 'f', 'tests': [{'args': [[1], 2], 'expected': 3}]}",
        "{'tests': {'fn_name': 'f', 'inputs': [[[1], 2]], 'outputs': [3]}}",
        "{'entry_point': 'f', 'tests': [{'input': '[1]\\n2', 'output': '3', 'testtype': 'functional'}]}",
      })
  void readsCalls(String json) {
    CodeTests.Calls calls = (CodeTests.Calls) read(json).tests();
    assertThat(calls.calls()).hasSize(1);
    assertThat(calls.calls().get(0).arguments()).hasToString("[[1],2]");
    assertThat(calls.calls().get(0).expected()).hasToString("3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'tests': []}",
        "{'tests': ''}",
        "{'tests': 3}",
        "{'tests': [1]}",
        "{'tests': ['a', 1]}",
        "{'tests': {'inputs': ['1'], 'outputs': []}}",
        "{'tests': [{'input': '1'}]}",
        "{'tests': [{'args': [1], 'expected': 1}]}",
        "{'entry_point': 'f', 'tests': [{'args': 1, 'expected': 1}]}",
      })
  void refusesOtherForms(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("problem test/json: the verifier 'code' needs the field tests");
  }

  @Test
  void refusesOtherLanguages() {
    assertThatThrownBy(() -> read("{'language': 'cobol', 'tests': 'x'}"))
        .hasMessageContaining("runs python and java, the field language is cobol");
    assertThat(read("{'language': 'Java', 'tests': 'x'}").language()).isEqualTo(Language.JAVA);
  }

  private static CodeTask read(String json) {
    String text =
        json.contains("\\\"") || json.contains("\"") ? swap(json) : json.replace('\'', '"');
    return CodeTaskReader.read(CodeProblems.json(text), Language.PYTHON);
  }

  /** Single quotes become double ones, and double ones escaped ones. */
  private static String swap(String json) {
    return json.replace("\"", "\\\"").replace('\'', '"');
  }
}
