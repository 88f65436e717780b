package org.r1zero.verify.external;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.verify.HostileText;
import org.r1zero.verify.Problem;
import org.r1zero.verify.environment.Environment;
import org.r1zero.verify.environment.EnvironmentContractTest;
import org.r1zero.verify.environment.EnvironmentFactory;
import org.r1zero.verify.environment.Environments;

/** The example program under the contract kit, and programs that misbehave. */
@Timeout(300)
@Tag("slow")
class ProgramEnvironmentTest extends EnvironmentContractTest {
  private static final Path EXAMPLE = Path.of("../examples/environment-python/higher_lower.py");

  @TempDir private Path folder;

  @Override
  protected EnvironmentFactory create() {
    return program(EXAMPLE, 10);
  }

  private static EnvironmentFactory program(Path script, double timeout) {
    ObjectNode options = JsonNodeFactory.instance.objectNode();
    options.putArray("command").add("python3").add(script.toString());
    options.put("timeout_seconds", timeout).put("start_timeout_seconds", 5).put("processes", 2);
    return Environments.create("program", options, 8, List.of());
  }

  @Override
  protected Problem problem() {
    return new Problem("p/1", "?", "42");
  }

  @Override
  protected List<String> turns() {
    return List.of("I say 50", "é 40", "none", "42");
  }

  @Override
  protected List<HostileText> hostile() {
    return HostileText.small();
  }

  @Test
  void theExampleAnswersAndPays() {
    Environment conversation = create().begin(problem(), 1);
    assertThat(conversation.step("50")).isEqualTo(Environment.Reply.goOn("\nlower\n"));
    assertThat(conversation.step("42")).isEqualTo(new Environment.Reply("", 1, true));
  }

  @Test
  void aProgramHasProblemSeedAndTurns() throws IOException {
    Environment conversation =
        script("reply = {'observation': line.strip(), 'reward': 0.5, 'done': False}")
            .begin(problem(), -3);
    conversation.step("one");
    Environment.Reply reply = conversation.step("two ü \ud800");
    assertThat(reply.reward()).isEqualTo(0.5);
    assertThat(reply.observation())
        .isEqualTo(
            "{\"id\":\"p/1\",\"question\":\"?\",\"gold\":\"42\",\"data\":{},\"seed\":-3,"
                + "\"turns\":[\"one\",\"two \\u00FC \\uFFFD\"],\"request\":2}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sys.exit(3) | the program ended with exit code 3
          raise ValueError('broken') | ValueError: broken
          os.kill(os.getpid(), 19) | no answer within
          reply = 'no object' | expected {"observation": text, "reward": number, "done"
          reply = {'observation': 'x'} | expected {"observation": text
          reply = {'done': False} | expected {"observation": text
          reply = {'observation': 'x', 'done': 'no'} | expected {"observation": text
          reply = {'observation': 'x', 'rewards': 1, 'done': False} | expected {"observation": text
          reply = {'observation': 'x', 'reward': float('nan'), 'done': False} | the answer is not JSON
          reply = {'observation': 'x' * 3000000, 'done': False} | the program wrote a line longer than
          """)
  void itsFaultEndsTheRunAndIsNotAReward(String body, String message) throws IOException {
    Environment conversation = script(body).begin(problem(), 1);
    assertThatThrownBy(() -> conversation.step("42"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("environment 'program' failed on problem p/1")
        .hasMessageContaining(message);
  }

  @Test
  void oneThatEndsOnceIsAskedAgain() throws IOException {
    Path mark = folder.resolve("mark");
    Environment conversation =
        script(
                "if not os.path.exists('"
                    + mark
                    + "'):\n"
                    + "        open('"
                    + mark
                    + "', 'w').close()\n"
                    + "        os.kill(os.getpid(), 9)\n"
                    + "    reply = {'observation': str(len(json.loads(line)['turns'])), 'done': False}")
            .begin(problem(), 1);
    assertThat(conversation.step("42").observation()).isEqualTo("1");
    assertThat(conversation.step("42").observation()).isEqualTo("2");
  }

  /** A second copy would do the same, and its answers could be mixed up as well. */
  @Test
  void aLineThatNobodyAskedForEndsTheRun() throws Exception {
    Environment conversation =
        script("reply = {'observation': 'x', 'done': False}\n    print(json.dumps(reply))")
            .begin(problem(), 1);
    assertThat(conversation.step("42").observation()).isEqualTo("x");
    Thread.sleep(200);
    assertThatThrownBy(() -> conversation.step("42"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the program wrote a line that no request asked for")
        .hasMessageContaining("repeats the key \"request\"");
  }

  @Test
  void whatCannotBeStartedIsNamed() {
    ObjectNode options = JsonNodeFactory.instance.objectNode();
    assertThatThrownBy(() -> Environments.create("program", options, 8, List.of()))
        .hasMessageContaining("option 'command' must name a program");
    options.putArray("command").add("/no/such");
    assertThatThrownBy(() -> Environments.create("program", options, 8, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("can't start [/no/such]");
  }

  private EnvironmentFactory script(String body) throws IOException {
    Path file = folder.resolve("environment.py");
    Files.writeString(
        file,
        "import json, os, sys\nfor line in sys.stdin:\n    "
            + body
            + "\n    print(json.dumps(reply), flush=True)\n");
    return program(file, 2);
  }
}
