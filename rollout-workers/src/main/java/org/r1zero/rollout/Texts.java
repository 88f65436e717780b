package org.r1zero.rollout;

import java.util.Arrays;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;

/**
 * Between text and token ids: on one side problems and completions, on the other what is sampled.
 *
 * @param tokenizer the policy's
 * @param renderer puts problems to the policy
 */
public record Texts(Tokenizer tokenizer, PromptRenderer renderer) {

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
   * The token ids of what an environment answers, encoded once and never again.
   *
   * @param last the model's last token: where it has ended its turn, the template's end of a turn
   *     is not put a second time
   */
  int[] observation(String text, int last) {
    int[] tokens = tokenizer.encode(renderer.observation(text));
    boolean twice =
        tokens.length > 0
            && tokens[0] == last
            && tokenizer.specialTokens().endOfSequence().contains(last);
    return twice ? Arrays.copyOfRange(tokens, 1, tokens.length) : tokens;
  }

  /** What was said. */
  Completion decode(Generation generation) {
    int[] tokens = generation.tokens();
    return new Completion(tokenizer.decode(tokens), tokens.length, generation.finishReason());
  }
}
