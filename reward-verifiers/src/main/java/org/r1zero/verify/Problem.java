package org.r1zero.verify;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * One question with what a rule needs to judge its answers.
 *
 * @param id unique within its data set, stable across runs, such as {@code gsm8k/train/17}
 * @param question the text that is put to the model, before any prompt template
 * @param gold the reference answer as text; empty where only {@code data} defines what is right
 * @param data what else a verifier of this task reads: for Countdown {@code numbers} and {@code
 *     target}, for programs {@code tests} and {@code entry_point}; also {@code difficulty} where it
 *     is known. Not to be changed.
 */
public record Problem(String id, String question, String gold, ObjectNode data)
    implements Serializable {

  /** Checks that nothing is missing. */
  public Problem {
    requireNonNull(id, "id is null");
    requireNonNull(question, "question is null");
    requireNonNull(gold, "gold is null");
    requireNonNull(data, "data is null");
  }

  /** A problem that its gold answer alone defines. */
  public Problem(String id, String question, String gold) {
    this(id, question, gold, JsonNodeFactory.instance.objectNode());
  }

  /**
   * Reads a field of {@link #data}.
   *
   * @return the node, or a missing node where there is none: never {@code null}
   */
  public JsonNode field(String name) {
    return data.path(name);
  }

  /**
   * A fault of the data set, to be thrown.
   *
   * @param message what was expected and what was found; the problem's name is put before it
   */
  public IllegalArgumentException fault(String message) {
    return fault(message, null);
  }

  /** The same with its cause. */
  public IllegalArgumentException fault(String message, @Nullable Throwable cause) {
    return new IllegalArgumentException("problem " + id + ": " + message, cause);
  }
}
