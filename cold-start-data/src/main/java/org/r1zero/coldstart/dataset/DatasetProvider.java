package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Makes a data set from a recipe's options: what a plug-in jar names in {@code
 * META-INF/services/org.r1zero.coldstart.dataset.DatasetProvider}.
 */
public interface DatasetProvider {

  /** The name that recipes use; unique among all providers. */
  String name();

  /**
   * Loads or makes the problems.
   *
   * @param options the recipe's {@code task.options}, an object node
   * @param seed of the run
   * @throws IllegalArgumentException if an option is unknown or wrong, or a file can't be read; the
   *     message names it, what was expected and what was found
   */
  Dataset load(JsonNode options, long seed);

  /**
   * Loads problems with the help of other data sets, as one that mixes them does; what {@link
   * Datasets} calls.
   *
   * @param others loads any of them
   */
  default Dataset load(JsonNode options, long seed, Others others) {
    return load(options, seed);
  }

  /** Loads other data sets by name. */
  interface Others {
    /**
     * Loads one.
     *
     * @throws IllegalArgumentException if there is none of that name, or an option is wrong
     */
    Dataset load(String name, JsonNode options);
  }
}
