package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.coldstart.dataset.Datasets;
import org.r1zero.verify.reward.ScoringConfig;

/**
 * Where problems come from.
 *
 * @param name a data set's name, such as {@code arithmetic}, {@code countdown} or {@code gsm8k}
 * @param options that data set's own options
 */
public record TaskConfig(String name, ObjectNode options) {

  /**
   * Loads the problems.
   *
   * @param seed of the run
   * @param scoring names the plug-ins' folders
   * @throws IllegalArgumentException if there is no such data set, or it can't be used
   */
  public Dataset load(long seed, ScoringConfig scoring) {
    return Datasets.load(name, options, seed, scoring.pluginFolders());
  }

  /** Arithmetic word problems. */
  public static TaskConfig defaults() {
    return new TaskConfig("arithmetic", JsonNodeFactory.instance.objectNode());
  }
}
