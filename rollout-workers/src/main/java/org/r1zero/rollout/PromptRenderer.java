package org.r1zero.rollout;

import org.r1zero.verify.Problem;

/** Turns a problem into the text that the model continues. */
public interface PromptRenderer {

  /** The whole prompt. */
  String render(Problem problem);

  /**
   * What an environment answers to a turn that the model has ended: the text between that turn's
   * end and the model's next one. Templates without roles put the answer there as it is.
   */
  default String observation(String text) {
    return text;
  }

  /**
   * The same for the results of a tool, of which some templates make a turn of another role: Llama's
   * {@code ipython}, for instance.
   */
  default String toolResult(String text) {
    return observation(text);
  }

  /**
   * Whether the text spells every special token that is wanted, as chat templates do: then the
   * tokenizer puts none before it.
   */
  default boolean spellsSpecialTokens() {
    return false;
  }
}
