package org.r1zero.verify;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Makes a verifier from its options: what a plug-in jar names in {@code
 * META-INF/services/org.r1zero.verify.VerifierProvider}.
 */
public interface VerifierProvider {

  /** The {@link Verifier#id()} of the verifiers that this makes; unique among all providers. */
  String id();

  /** One line for {@code --help} and for the list of verifiers found. */
  String description();

  /**
   * Makes a verifier.
   *
   * @param options the recipe's options for it, an object node, empty where none are given
   * @throws IllegalArgumentException if an option is unknown or out of range; the message names the
   *     option, what was expected and what was found
   */
  Verifier create(JsonNode options);

  /**
   * Makes a verifier that may use others, such as one that wraps another; what {@link Verifiers}
   * calls. Override it instead of needing {@link Verifiers#discover()}.
   *
   * @param known all verifiers that were found with this one
   */
  default Verifier create(JsonNode options, Verifiers known) {
    return create(options);
  }
}
