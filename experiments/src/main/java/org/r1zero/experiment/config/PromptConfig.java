package org.r1zero.experiment.config;

import org.r1zero.grpo.faults.Faults;

/**
 * How a problem is put to the model.
 *
 * @param template what a prompt looks like
 * @param system the system message of the chat template; empty leaves the template's own
 * @param overlong what happens to problems whose prompt and {@code sampling.max_new_tokens} exceed
 *     the model's context: {@code error} names the first and ends the run before it begins, {@code
 *     drop} leaves them out, {@code cut_left} shortens what is asked from its beginning
 */
public record PromptConfig(Template template, String system, Overlong overlong) {

  /** What happens to problems that do not fit the model's context. */
  public enum Overlong {
    /** The run is refused before its first step. */
    ERROR,
    /** They are left out and counted. */
    DROP,
    /**
     * Earlier turns of the conversation go first, then the beginning of the question, until the
     * prompt fits; the template and the system message stay whole.
     */
    CUT_LEFT
  }

  /** The kinds of prompt. */
  public enum Template {
    /** The template of DeepSeek-R1-Zero. */
    R1_ZERO,
    /** {@code Question: … Answer:}. */
    PLAIN,
    /** The model's own chat template. */
    CHAT,
    /** The question as it is. */
    RAW
  }

  /** Checks that a system message has somewhere to go. */
  public PromptConfig {
    Faults faults = new Faults();
    faults.require(
        system.isEmpty() || template == Template.CHAT,
        "system",
        "must be empty unless template is chat, was '" + system + "'");
    faults.check();
  }

  /** The shortest template, which fits any model; a problem that does not fit is an error. */
  public static PromptConfig defaults() {
    return new PromptConfig(Template.PLAIN, "", Overlong.ERROR);
  }
}
