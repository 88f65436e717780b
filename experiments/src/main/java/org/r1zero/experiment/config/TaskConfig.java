package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Where problems come from.
 *
 * @param name a data set's name, such as {@code arithmetic}, {@code countdown} or {@code gsm8k}
 * @param options that data set's own options
 */
public record TaskConfig(String name, ObjectNode options) {

  /** Arithmetic word problems. */
  public static TaskConfig defaults() {
    return new TaskConfig("arithmetic", JsonNodeFactory.instance.objectNode());
  }
}
