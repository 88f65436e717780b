package org.r1zero.verify.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.Verifiers;

class EnvironmentsTest {
  private static final Problem PROBLEM = new Problem("p", "What is 6 times 7?", "42");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          so <calc>12*(3+4)</calc> | <result>84</result>
          <calc>1</calc> and <calc> 2 + 2 </calc> | <result>4</result>
          <calc>7/2</calc> | <result>3.5</result>
          <calc>-1/3</calc> | <result>-0.333333</result>
          <calc>1/0</calc> | <result>error</result>
          <calc>two</calc> | <result>error</result>
          <calc></calc> | <result>error</result>
          <calc><calc>3</calc> | <result>3</result>
          <calc>2*3</calc>. | <result>6</result>
          <calc>0.5*3</calc> | <result>1.5</result>
          <calc>1/(1-1)</calc> | <result>error</result>
          <calc>1.25+2.5*-2</calc> | <result>-3.75</result>
          <calc>1.2.3</calc> | <result>error</result>
          <calc>1/10000000</calc> | <result>0</result>
          <calc>100*5</calc> | <result>500</result>
          """)
  void aCallIsAnsweredExactly(String turn, String observation) {
    Environment.Reply reply = begin("calculator").step(turn);
    assertThat(reply.done()).isFalse();
    assertThat(reply.observation()).isEqualTo(observation);
    assertThat(reply.reward()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "42", "<calc>1+1</calc> is 2", "1+1</calc>", "<calc>1+1", "</calc><calc>"})
  void aTurnThatDoesNotEndWithACallEndsTheConversation(String turn) {
    assertThat(begin("calculator").step(turn).done()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "<answer>42</answer>, true, ''",
    "<answer>41</answer>, false, '\nThat is not right. Try again.\n'",
    "no idea, false, '\nNo answer could be read. Try again.\n'"
  })
  void aWrongAnswerMayBeTriedAgain(String turn, boolean done, String observation) {
    Environment.Reply reply = begin("retry").step(turn);
    assertThat(reply.done()).isEqualTo(done);
    assertThat(reply.observation()).isEqualTo(observation);
    assertThat(reply.observation()).as("the answer is not given away").doesNotContain("42");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"name": "calculator", "arguments": {"expression": "12*(3+4)"}} | 84
          {"name": "calculator", "arguments": "{\\"expression\\": \\"7/2\\"}"} | 3.5
          {"name": "calculator", "arguments": {"expression": 5}} | 5
          {"name": "calculator", "arguments": {"expression": "two"}} | error
          {"name": "calculator", "arguments": {}} | error: the call needs the argument 'expression'
          {"name": "search", "arguments": {}} | error: there is no tool 'search', only 'calculator'
          {"name": "calculator", | error: the call is not JSON
          [] | error: there is no tool '', only 'calculator'
          """)
  void aCallInAChatTemplatesFormIsAnsweredInItsForm(String call, String result) {
    Environment.Reply reply =
        begin("calculator").step("I need it.\n<tool_call>\n" + call + "\n</tool_call>");
    assertThat(reply.observation()).isEqualTo("<tool_response>\n" + result + "\n</tool_response>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"name": "calculator", "parameters": {"expression": "12*(3+4)"}} | 84
          <P>{"name": "calculator", "parameters": {"expression": "12*(3+4)"}} | 84
          <P>{"name": "calculator", "parameters": {"expression": "1+1"}}; {"name": "x", "parameters": {}} | 2+error: there is no tool 'x', only 'calculator'
          <P>calculator.call(expression="12*(3+4)") | 84
          <P>calculator.call(query="12*(3+4)") | error: the call needs the argument 'expression'
          <P>search.call(query="x") | error: there is no tool 'search', only 'calculator'
          <P>12*(3+4) | error: the call is not JSON
          {"name": "calculator", "parameters": {}} | error: the call needs the argument 'expression'
          """)
  void aCallInLlamasFormIsAnsweredByATurnOfTheTool(String call, String result) {
    Environment.Reply reply =
        begin("calculator").step(" " + call.replace("<P>", "<|python_tag|>") + "\n");
    assertThat(reply)
        .isEqualTo(
            new Environment.Reply(
                result.replace("+error", "\nerror"), 0, false, Environment.Role.TOOL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"answer\": 42}",
        "{\"name\": \"calculator\"}",
        "{\"name\": \"calculator\", \"parameters\": {\"expression\": \"1\"}} is what I would ask",
        "{\"name\": \"calculator\", \"parameters\": {"
      })
  void jsonThatIsNoCallIsAnAnswer(String turn) {
    assertThat(begin("calculator").step(turn).done()).isTrue();
  }

  @Test
  void eachOfSeveralCallsIsAnswered() {
    String first = "{\"name\": \"calculator\", \"arguments\": {\"expression\": \"1+1\"}}";
    String turn =
        "Two: <tool_call>\n" + first + "\n</tool_call>\n<tool_call>{\"name\": \"x\"}</tool_call>";
    assertThat(begin("calculator").step(turn).observation())
        .isEqualTo(
            "<tool_response>\n2\n</tool_response>\n<tool_response>\nerror: there is no tool 'x', only"
                + " 'calculator'\n</tool_response>");
  }

  @ParameterizedTest
  @CsvSource({
    "50, false, '\nlower\n', 0",
    "'first 7, then 41', false, '\nhigher\n', 0",
    "-42, false, '\nhigher\n', 0",
    "999999999999999999999999, false, '\nlower\n', 0",
    "no, false, '\nname a number\n', 0",
    "is it 42?, true, '', 1"
  })
  void guessesAreAnswered(String turn, boolean done, String observation, double reward) {
    assertThat(begin("guess").step(turn))
        .isEqualTo(new Environment.Reply(observation, reward, done));
  }

  @ParameterizedTest
  @CsvSource({
    "crane, crane, G", // all in place: the game is won
    "crane, caner, GYYYY",
    "abbey, babes, YYGG-",
    "abbey, kebab, -YGYY",
    "eerie, three, --GYG",
    "crane, zzzzz, -----"
  })
  void wordsAreMarkedLetterByLetter(String secret, String guess, String marks) {
    Environment.Reply reply =
        Environments.create("wordle", options(), 8, List.of())
            .begin(new Problem("p", "?", secret), 1)
            .step("My guess is: " + guess.toUpperCase(java.util.Locale.ROOT));
    assertThat(reply)
        .isEqualTo(
            guess.equals(secret)
                ? new Environment.Reply("", 1, true)
                : Environment.Reply.goOn("\n" + guess + " " + marks + "\n"));
  }

  @Test
  void theVerifiersReasonIsShownWhereAMessageHasAPlaceForIt() {
    Environment.Reply reply =
        begin("retry", options().put("wrong", "No: {reason}"), 8).step("<answer>41</answer>");
    assertThat(reply.observation()).startsWith("No: ").contains("41").doesNotContain("{reason}");
  }

  @Test
  void problemsWithoutWhatAnEnvironmentNeedsAreRefusedAtTheStart() {
    for (String id : List.of("guess", "wordle")) {
      assertThatThrownBy(
              () ->
                  Environments.create(id, options(), 8, List.of())
                      .begin(new Problem("p/1", "?", "4 a"), 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("environment '" + id + "' can't begin with problem p/1")
          .hasMessageContaining("was '4 a'");
    }
  }

  @Test
  void anEnvironmentsOwnFaultIsNamedAndIsNotAReward() {
    assertThat(verdict(null).outcome()).isEqualTo(Outcome.NOT_APPLICABLE);
    assertThat(verdict(1.0).outcome()).isEqualTo(Outcome.CORRECT);
    assertThat(verdict(0.5))
        .extracting(Verdict::score, Verdict::outcome)
        .containsExactly(0.5, Outcome.PARTIAL);
    assertThat(verdict(0.0).outcome()).isEqualTo(Outcome.INCORRECT);
    assertThat(verdict(2.0).outcome()).isEqualTo(Outcome.ERROR);
    assertThat(verdict(2.0).reason()).contains("set min and max");
  }

  private static Verdict verdict(@Nullable Double paid) {
    Verifier verifier = Verifiers.discover().create("environment", options());
    Completion.Transcript transcript =
        paid == null ? null : new Completion.Transcript("all", 3, paid);
    return verifier.verify(PROBLEM, new Completion("x", 1, FinishReason.STOP, transcript));
  }

  @Nested
  class CalculatorTest extends EnvironmentContractTest {
    @Override
    protected EnvironmentFactory create() {
      return factory("calculator", options(), 8);
    }

    @Override
    protected Problem problem() {
      return PROBLEM;
    }

    @Override
    protected List<String> turns() {
      return List.of("<calc>6*7</calc>", "<answer>42</answer>");
    }

    @Override
    protected List<String> places(String text) {
      return List.of(
          text,
          "<calc>" + text + "</calc>",
          "<tool_call>" + text + "</tool_call>",
          "<|python_tag|>" + text,
          "<|python_tag|>calculator.call(expression=\"" + text + "\")",
          "{\"name\": \"calculator\", \"parameters\": " + text + "}",
          "<tool_call>{\"name\": \"calculator\", \"arguments\": " + text + "}</tool_call>");
    }
  }

  @Nested
  class RetryTest extends EnvironmentContractTest {
    @Override
    protected EnvironmentFactory create() {
      return factory("retry", options(), 8);
    }

    @Override
    protected Problem problem() {
      return PROBLEM;
    }

    @Override
    protected List<String> turns() {
      return List.of("<answer>41</answer>", "no idea", "<answer>42</answer>");
    }
  }

  @Nested
  class GuessTest extends EnvironmentContractTest {
    @Override
    protected EnvironmentFactory create() {
      return factory("guess", options(), 8);
    }

    @Override
    protected Problem problem() {
      return PROBLEM;
    }

    @Override
    protected List<String> turns() {
      return List.of("50", "?", "41", "42");
    }
  }

  @Nested
  class WordleTest extends EnvironmentContractTest {
    @Override
    protected EnvironmentFactory create() {
      return factory("wordle", options(), 8);
    }

    @Override
    protected Problem problem() {
      return new Problem("w", "?", "crane");
    }

    @Override
    protected List<String> turns() {
      return List.of("crown", "four", "crane");
    }
  }

  @Test
  void conversationsEndAtTheLimitOfTurns() {
    Environment two = begin("retry", options(), 2);
    assertThat(two.step("<answer>1</answer>").done()).isFalse();
    assertThat(two.step("<answer>2</answer>").done()).isTrue();
  }

  @Test
  void wrongNamesAndOptionsAreNamed() {
    assertThatThrownBy(() -> begin("calculater"))
        .hasMessageContaining("no environment 'calculater'")
        .hasMessageContaining("calculator")
        .hasMessageContaining("found: calculator, guess, program, python, retry, search, wordle");
    assertThatThrownBy(() -> begin("calculator", options().put("opne", "x"), 8))
        .hasMessageContaining("unknown option 'opne'");
    assertThatThrownBy(() -> begin("retry", options().put("verifier", "nobody"), 8))
        .hasMessageContaining("no verifier 'nobody'");
  }

  private static ObjectNode options() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static Environment begin(String id) {
    return begin(id, options(), 8);
  }

  private static Environment begin(String id, ObjectNode options, int maxTurns) {
    return factory(id, options, maxTurns).begin(PROBLEM, 1);
  }

  private static EnvironmentFactory factory(String id, ObjectNode options, int maxTurns) {
    return Environments.create(id, options, maxTurns, List.of());
  }
}
