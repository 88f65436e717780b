package org.r1zero.verify.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.HostileText;
import org.r1zero.verify.Problem;

/**
 * The contract of {@link Environment} as tests: an environment's own test class extends this one
 * and says how to make it, a problem for it, and the turns of a conversation.
 *
 * <p>Checked are its duties: it never throws on any text, it gives the same replies for the same
 * problem, seed and turns, conversations do not disturb each other, not even at the same time, and
 * it is bounded in time.
 *
 * <p>This class is in the test-jar of {@code reward-verifiers}, for plug-ins too.
 */
public abstract class EnvironmentContractTest {
  private static final long SEED = 7;
  private static final int AT_ONCE = 8;

  /** Makes the environment to be checked, a new one at every call. */
  protected abstract EnvironmentFactory create();

  /** A problem that it can begin with. */
  protected abstract Problem problem();

  /** Turns of the model in a conversation that goes on until the last of them; at least two. */
  protected abstract List<String> turns();

  /** The longest time for one reply; far above what is usual, since machines may be busy. */
  protected Duration limit() {
    return Duration.ofSeconds(10);
  }

  /** The texts to survive; take {@link HostileText#small()} where each costs a process. */
  protected List<HostileText> hostile() {
    return HostileText.corpus();
  }

  /** Turns that have a text where the environment looks for something. */
  protected List<String> places(String text) {
    return List.of(text);
  }

  @Test
  final void theConversationGoesOnUntilItsLastTurn() {
    List<Environment.Reply> replies = play(create(), SEED, turns());
    assertThat(turns()).as("turns").hasSizeGreaterThan(1);
    for (int i = 0; i < replies.size(); i++) {
      Environment.Reply reply = replies.get(i);
      assertThat(reply.done())
          .as("done after turn %d: %s", i + 1, reply)
          .isEqualTo(i == replies.size() - 1);
      assertThat(reply.done() || !reply.observation().isEmpty()).as("%s", reply).isTrue();
    }
  }

  @Test
  final void givesTheSameRepliesAgain() {
    EnvironmentFactory first = create();
    List<Environment.Reply> replies = play(first, SEED, turns());
    assertThat(play(first, SEED, turns())).isEqualTo(replies);
    assertThat(play(create(), SEED, turns())).isEqualTo(replies);
  }

  @Test
  final void conversationsDoNotDisturbEachOther() {
    EnvironmentFactory environments = create();
    List<Environment.Reply> alone = play(environments, SEED, turns());
    List<Environment.Reply> one = new ArrayList<>();
    List<Environment.Reply> other = new ArrayList<>();
    Environment first = environments.begin(problem(), SEED);
    Environment second = environments.begin(problem(), SEED);
    for (String turn : turns()) {
      one.add(first.step(turn));
      other.add(second.step(turn));
    }
    assertThat(one).isEqualTo(alone);
    assertThat(other).isEqualTo(alone);
    List<List<Environment.Reply>> atOnce =
        IntStream.range(0, AT_ONCE)
            .parallel()
            .mapToObj(i -> play(environments, SEED, turns()))
            .toList();
    assertThat(atOnce).allSatisfy(replies -> assertThat(replies).isEqualTo(alone));
  }

  @Test
  @Tag("slow")
  final void survivesHostileTextInTime() {
    EnvironmentFactory environments = create();
    for (HostileText hostile : hostile()) {
      for (String turn : places(hostile.text().get())) {
        Environment environment = environments.begin(problem(), SEED);
        for (int again = 0; again < 2; again++) {
          assertTimeoutPreemptively(
              limit(),
              () -> reply(environment, turn, hostile.name()),
              () -> "answering took too long: " + hostile.name());
        }
      }
    }
  }

  private static void reply(Environment environment, String turn, String name) {
    Environment.Reply reply;
    try {
      reply = environment.step(turn);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError("threw on " + name, e);
    }
    assertThat(reply).as("the reply to %s", name).isNotNull();
  }

  private List<Environment.Reply> play(
      EnvironmentFactory environments, long seed, List<String> turns) {
    Environment environment = environments.begin(problem(), seed);
    return turns.stream().map(environment::step).toList();
  }
}
