package org.r1zero.verify.environment;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.HostileText;
import org.r1zero.verify.Problem;

/** The contract kit finds the environments that break it. */
class EnvironmentContractKitTest {

  @Test
  void passesAGoodEnvironment() {
    Kit kit = new Kit((problem, seed) -> turn -> reply(turn));
    kit.theConversationGoesOnUntilItsLastTurn();
    kit.givesTheSameRepliesAgain();
    kit.conversationsDoNotDisturbEachOther();
    kit.survivesHostileTextInTime();
  }

  @Test
  void findsOneThatThrows() {
    Kit kit =
        new Kit(
            (problem, seed) ->
                turn -> Environment.Reply.goOn(Integer.toString(Integer.parseInt(turn))));
    assertThatThrownBy(kit::survivesHostileTextInTime).hasMessageContaining("threw on");
  }

  @Test
  void findsOneThatIsSlow() {
    Kit kit =
        new Kit(
            (problem, seed) ->
                turn -> {
                  try {
                    Thread.sleep(10_000);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return reply(turn);
                });
    assertThatThrownBy(kit::survivesHostileTextInTime).hasMessageContaining("took too long");
  }

  @Test
  void findsOneWhoseConversationsShareTheirState() {
    AtomicInteger turns = new AtomicInteger();
    Kit kit =
        new Kit(
            (problem, seed) -> turn -> Environment.Reply.goOn("turn " + turns.incrementAndGet()));
    assertThatThrownBy(kit::givesTheSameRepliesAgain).isInstanceOf(AssertionError.class);
    assertThatThrownBy(kit::conversationsDoNotDisturbEachOther).isInstanceOf(AssertionError.class);
  }

  @Test
  void findsOneThatNeverEnds() {
    Kit kit = new Kit((problem, seed) -> turn -> Environment.Reply.goOn("on"));
    assertThatThrownBy(kit::theConversationGoesOnUntilItsLastTurn)
        .hasMessageContaining("done after turn 2");
  }

  private static Environment.Reply reply(String turn) {
    return turn.equals("b") ? Environment.Reply.end() : Environment.Reply.goOn("on");
  }

  /** The kit for a factory. */
  private static final class Kit extends EnvironmentContractTest {
    private final EnvironmentFactory factory;

    Kit(EnvironmentFactory factory) {
      this.factory = factory;
    }

    @Override
    protected EnvironmentFactory create() {
      return factory;
    }

    @Override
    protected Problem problem() {
      return new Problem("p", "?", "");
    }

    @Override
    protected List<String> turns() {
      return List.of("a", "b");
    }

    @Override
    protected Duration limit() {
      return Duration.ofMillis(500);
    }

    @Override
    protected List<HostileText> hostile() {
      return HostileText.small();
    }
  }
}
