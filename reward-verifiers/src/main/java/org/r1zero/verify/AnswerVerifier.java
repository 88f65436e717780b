package org.r1zero.verify;

import java.util.Optional;

/**
 * A verifier that can tell the answer apart from the completion, and two answers from each other:
 * what majority voting needs.
 *
 * <p>Bounded and thread-safe as {@link #verify} is, and as unable to throw on a text.
 */
public interface AnswerVerifier extends Verifier {

  /**
   * The answer that {@link #verify} would judge.
   *
   * @return as text; empty where the completion has none that can be read
   */
  Optional<String> answer(Completion completion);

  /**
   * Whether two answers are the same to this verifier, however they are written.
   *
   * @param one from {@link #answer}
   * @param other from {@link #answer}
   */
  boolean equivalent(String one, String other);
}
