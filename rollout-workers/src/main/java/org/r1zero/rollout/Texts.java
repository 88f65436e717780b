package org.r1zero.rollout;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.verify.Problem;
import org.r1zero.verify.environment.Environment;
import org.r1zero.verify.environment.EnvironmentFactory;

/**
 * Between text and token ids: on one side problems and completions, on the other what is sampled.
 *
 * @param tokenizer the policy's
 * @param renderer puts problems to the policy
 * @param environments answers the policy's turns; {@code null} where a rollout is one turn
 */
public record Texts(
    Tokenizer tokenizer, PromptRenderer renderer, @Nullable EnvironmentFactory environments) {
  /** Llama's, after a call that a tool answers. */
  private static final String END_OF_MESSAGE = "<|eom_id|>";

  /** Rollouts of one turn. */
  public Texts(Tokenizer tokenizer, PromptRenderer renderer) {
    this(tokenizer, renderer, null);
  }

  /**
   * Begins what answers a rollout of a problem; {@code null} where nothing does.
   *
   * @param seed decides all that is random in it
   */
  @Nullable Environment begin(Problem problem, long seed) {
    return environments == null ? null : environments.begin(problem, seed);
  }

  /** The whole text that the policy continues. */
  String prompt(Problem problem) {
    return renderer.render(problem);
  }

  /**
   * A prompt's token ids, {@code [S]}, at least one.
   *
   * @throws IllegalArgumentException if it has none, so that there is nothing to continue
   */
  public int[] encode(String prompt) {
    int[] tokens =
        renderer.spellsSpecialTokens() ? tokenizer.encode(prompt) : tokenizer.encodePrompt(prompt);
    if (tokens.length == 0) {
      throw new IllegalArgumentException(
          "the prompt '"
              + prompt
              + "' has no tokens, so that there is nothing to continue: this model's tokenizer puts"
              + " none before a text; give a prompt that is not empty");
    }
    return tokens;
  }

  /**
   * The token ids of what an environment answers, encoded once and never again: a turn of the
   * template's own where the model has ended its turn, otherwise, after a stop string, the text as
   * it is, within the model's turn.
   *
   * @param last the model's last token: where the template's end of a turn is the same, it is not
   *     put a second time, nor after Llama's end of a message, which stands in its place
   */
  int[] observation(Environment.Reply reply, int last) {
    if (!tokenizer.specialTokens().endOfSequence().contains(last)) {
      return tokenizer.encode(reply.observation());
    }
    boolean ofTool = reply.role() == Environment.Role.TOOL;
    int[] tokens =
        tokenizer.encode(
            ofTool
                ? renderer.toolResult(reply.observation())
                : renderer.observation(reply.observation()));
    boolean ended =
        tokens.length > 0
            && (tokens[0] == last
                || (tokenizer.specialTokens().endOfSequence().contains(tokens[0])
                    && tokenizer.decode(new int[] {last}, false).equals(END_OF_MESSAGE)));
    return ended
        ? Arrays.copyOfRange(tokens, 1, tokens.length)
        : tokens;
  }

  /**
   * A turn as its environment hears it: without the token that ends it, other special tokens as
   * they are written, since calls of tools may be among them.
   */
  String turn(int[] tokens) {
    int last = tokens.length - 1;
    boolean ended = last >= 0 && tokenizer.specialTokens().endOfSequence().contains(tokens[last]);
    return tokenizer.decode(ended ? Arrays.copyOf(tokens, last) : tokens, false);
  }

  /** What was said, special tokens left out. */
  String decode(int[] tokens) {
    return tokenizer.decode(tokens);
  }
}
