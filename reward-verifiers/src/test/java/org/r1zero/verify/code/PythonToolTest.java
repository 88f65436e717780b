package org.r1zero.verify.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.verify.HostileText;
import org.r1zero.verify.Problem;
import org.r1zero.verify.environment.EnvironmentContractTest;
import org.r1zero.verify.environment.EnvironmentFactory;
import org.r1zero.verify.environment.Environments;

@Tag("slow")
class PythonToolTest extends EnvironmentContractTest {

  @Override
  protected EnvironmentFactory create() {
    return Environments.create("python", options(), 8, List.of());
  }

  private static ObjectNode options() {
    return JsonNodeFactory.instance.objectNode().put("timeout_seconds", 2).put("max_output", 60);
  }

  @Override
  protected Problem problem() {
    return new Problem("p", "?", "");
  }

  @Override
  protected List<String> turns() {
    return List.of(
        "<python>import random\nprint(random.random())</python>",
        "<python>print(sum(range(10)))</python>",
        "<answer>45</answer>");
  }

  @Override
  protected List<HostileText> hostile() {
    return HostileText.small().subList(0, 20);
  }

  @Override
  protected List<String> places(String text) {
    return List.of("<python>" + text + "</python>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          print(6*7) | 42
          print('a')§print('b') | a§b
          x = 1 | ''
          1/0 | error: ZeroDivisionError: division by zero
          print('before')§raise ValueError('no') | before§error: ValueError: no
          print('x'*100) | xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
          while True: pass | error: the program took longer than 2.0 s
          import time; time.sleep(60) | error: the program took longer than 2.0 s
          open('/etc/passwd').read(); open('/root/x','w') | *
          import os; os.kill(os.getppid(), 9) | *
          """)
  void programsAreRunAndTheirOutputComesBack(String code, String output) {
    String turn = "<python>" + code.replace('§', '\n') + "</python>";
    String observation = create().begin(problem(), 1).step(turn).observation();
    if (output.equals("*")) {
      assertThat(observation).startsWith("<output>").endsWith("</output>");
    } else {
      assertThat(observation).isEqualTo("<output>" + output.replace('§', '\n') + "</output>");
    }
  }

  @Test
  void aChatTemplatesCallIsRun() {
    String call = "{\"name\": \"python\", \"arguments\": {\"code\": \"print(1)\\nprint(2)\"}}";
    assertThat(
            create().begin(problem(), 1).step("<tool_call>" + call + "</tool_call>").observation())
        .isEqualTo("<tool_response>\n1\n2\n</tool_response>");
  }

  @Test
  void nothingIsKeptForTheNextCall() {
    var conversation = create().begin(problem(), 1);
    conversation.step("<python>x = 5</python>");
    assertThat(conversation.step("<python>print(x)</python>").observation())
        .contains("NameError: name 'x' is not defined");
  }

  @Test
  void aMissingPythonIsNamedAtTheStart() {
    assertThatThrownBy(
            () ->
                Environments.create("python", options().put("python", "/no/python"), 8, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/no/python");
  }
}
