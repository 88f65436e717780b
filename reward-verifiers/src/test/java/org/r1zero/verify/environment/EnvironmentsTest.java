package org.r1zero.verify.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.verify.Problem;

class EnvironmentsTest {
  private static final Problem PROBLEM = new Problem("p", "What is 6 times 7?", "42");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          so <calc>12*(3+4)</calc> | <result>84</result>
          <calc>1</calc> and <calc> 2 + 2 </calc> | <result>4</result>
          <calc>7/2</calc> | <result>3.500000</result>
          <calc>-1/3</calc> | <result>-0.333333</result>
          <calc>1/0</calc> | <result>error</result>
          <calc>two</calc> | <result>error</result>
          <calc></calc> | <result>error</result>
          <calc><calc>3</calc> | <result>3</result>
          """)
  void aCallIsAnsweredExactly(String turn, String observation) {
    Environment.Reply reply = begin("calculator").step(turn);
    assertThat(reply.done()).isFalse();
    assertThat(reply.observation()).isEqualTo(observation);
    assertThat(reply.reward()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "42", "<calc>1+1</calc> is 2", "1+1</calc>", "<calc>1+1", "</calc><calc>"})
  void aTurnThatDoesNotEndWithACallEndsTheConversation(String turn) {
    assertThat(begin("calculator").step(turn).done()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "It is 42, true, ''",
    "It is 41, false, '\nThat is not right. Try again.\n'",
    "no idea, false, '\nNo answer could be read. Try again.\n'"
  })
  void aWrongAnswerMayBeTriedAgain(String turn, boolean done, String observation) {
    Environment.Reply reply = begin("retry").step(turn);
    assertThat(reply.done()).isEqualTo(done);
    assertThat(reply.observation()).isEqualTo(observation);
    assertThat(reply.observation()).as("the answer is not given away").doesNotContain("42");
  }

  @ParameterizedTest
  @ValueSource(strings = {"calculator", "retry"})
  void anyTextHasAReplyTheSameEachTime(String id) {
    for (String text :
        List.of(
            "\ud800",
            "\u0000",
            "<calc>".repeat(100_000),
            "<calc>" + "(".repeat(100_000) + "</calc>",
            "<calc>" + "9".repeat(100_000) + "</calc>",
            "<calc>" + "9*".repeat(400) + "9</calc>",
            "x".repeat(1_000_000))) {
      assertThat(begin(id).step(text)).isEqualTo(begin(id).step(text));
    }
  }

  @Test
  void conversationsEndAtTheLimitOfTurns() {
    Environment two = begin("retry", options(), 2);
    assertThat(two.step("It is 1").done()).isFalse();
    assertThat(two.step("It is 2").done()).isTrue();
  }

  @Test
  void wrongNamesAndOptionsAreNamed() {
    assertThatThrownBy(() -> begin("calculater"))
        .hasMessageContaining("no environment 'calculater'")
        .hasMessageContaining("calculator")
        .hasMessageContaining("found: calculator, retry");
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
    return Environments.create(id, options, maxTurns, List.of()).begin(PROBLEM, 1);
  }
}
