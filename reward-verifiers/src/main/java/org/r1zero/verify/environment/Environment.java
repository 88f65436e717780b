package org.r1zero.verify.environment;

/**
 * One conversation about one problem: it answers each turn of the model until it is done. Made anew
 * for every rollout, used by one thread at a time.
 *
 * <p>What the model wrote is data. An environment
 *
 * <ul>
 *   <li>never throws because of a text: what it can't read is an answer that says so;
 *   <li>is deterministic: the same problem, seed and texts give the same replies;
 *   <li>is bounded in time and memory for any text.
 * </ul>
 *
 * <p>What it throws is taken for its own fault and ends the run; it is never a reward of 0.
 */
public interface Environment {

  /**
   * Answers a turn.
   *
   * @param text what the model wrote in this turn, without the token that ended it; other special
   *     tokens as they are written, such as a chat template's for calls of tools
   */
  Reply step(String text);

  /** Who speaks to the model. */
  enum Role {
    /** The user, who may quote a tool. */
    USER,
    /** A tool, whose results the chat template puts as it does: the bare result is said. */
    TOOL
  }

  /**
   * What an environment says to a turn.
   *
   * @param observation what the model reads next; not read where the conversation is done
   * @param reward what this turn is paid, whatever later ones are: credit for single turns ({@code
   *     grpo.advantage.credit: turn}) goes by it. The sum over all turns is what the verifier
   *     {@code environment} scores
   * @param done whether the conversation is over
   * @param role who says it, where the model's chat template makes a turn of it
   */
  record Reply(String observation, double reward, boolean done, Role role) {

    /** An answer of the user. */
    public Reply(String observation, double reward, boolean done) {
      this(observation, reward, done, Role.USER);
    }

    /** Checks the reward. */
    public Reply {
      if (!Double.isFinite(reward)) {
        throw new IllegalArgumentException("reward must be finite, was " + reward);
      }
    }

    /** The conversation goes on without a reward so far. */
    public static Reply goOn(String observation) {
      return new Reply(observation, 0, false);
    }

    /** The conversation is over; the verifiers judge its last turn. */
    public static Reply end() {
      return new Reply("", 0, true);
    }
  }
}
