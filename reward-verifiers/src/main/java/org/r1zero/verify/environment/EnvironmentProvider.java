package org.r1zero.verify.environment;

import com.fasterxml.jackson.databind.JsonNode;
import org.r1zero.verify.Verifiers;

/**
 * Makes an environment from its options: what a plug-in jar names in {@code
 * META-INF/services/org.r1zero.verify.environment.EnvironmentProvider}.
 */
public interface EnvironmentProvider {

  /** Its name in recipes; unique among all providers. */
  String id();

  /**
   * Reads the options.
   *
   * @param options the recipe's options for it, an object node
   * @param known verifiers that it may ask
   * @throws IllegalArgumentException if an option is unknown or out of range; the message names the
   *     option, what was expected and what was found
   */
  EnvironmentFactory create(JsonNode options, Verifiers known);
}
