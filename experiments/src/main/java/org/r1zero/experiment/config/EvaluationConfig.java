package org.r1zero.experiment.config;

import java.util.ArrayList;
import java.util.List;

/**
 * What is measured on held-out problems, before and after training.
 *
 * @param problems how many problems are measured; 0 skips evaluation
 * @param samples sampled completions per problem, besides a greedy one
 * @param temperature temperature of the sampled completions
 * @param readability whether language, repetition and format are measured too; the first time in a
 *     process that takes some seconds and 250 MB, for the language models
 * @param language the language that completions should be in, ISO 639-1
 */
public record EvaluationConfig(
    int problems, int samples, double temperature, boolean readability, String language) {

  /** Checks the ranges; all faults are named at once. */
  public EvaluationConfig {
    List<String> faults = new ArrayList<>();
    if (problems < 0) {
      faults.add("problems must be >= 0, was " + problems + " (0 skips evaluation)");
    }
    if (samples < 0) {
      faults.add("samples must be >= 0, was " + samples);
    }
    if (!(temperature > 0)) {
      faults.add("temperature must be > 0, was " + temperature);
    }
    if (!language.matches("[a-z]{2}")) {
      faults.add("language must be a code such as en, was '" + language + "'");
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  /** A quick look. */
  public static EvaluationConfig defaults() {
    return new EvaluationConfig(200, 4, 1, true, "en");
  }
}
