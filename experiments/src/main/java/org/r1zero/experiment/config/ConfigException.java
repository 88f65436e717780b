package org.r1zero.experiment.config;

import java.util.List;

/** A recipe can't be used; the message lists every fault found. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what is at fault in words of its own. */
  public ConfigException(String message) {
    super(message);
  }

  /** Names the recipe and its faults. */
  public ConfigException(String source, List<String> faults) {
    super(
        source
            + (faults.size() == 1 ? ": " : " has " + faults.size() + " faults:\n  ")
            + String.join("\n  ", faults));
  }
}
