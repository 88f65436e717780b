package org.r1zero.experiment.config;

import java.util.ArrayList;
import java.util.List;

/** A recipe can't be used; the message lists every fault found. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String source;
  private final transient List<String> faults;

  /** Says what is at fault in words of its own. */
  public ConfigException(String message) {
    super(message);
    this.source = "";
    this.faults = List.of(message);
  }

  /** Names the recipe and its faults. */
  public ConfigException(String source, List<String> faults) {
    super(
        source
            + (faults.size() == 1 ? ": " : " has " + faults.size() + " faults:\n  ")
            + String.join("\n  ", faults));
    this.source = source;
    this.faults = List.copyOf(faults);
  }

  /** The same with more faults. */
  public ConfigException with(List<String> more) {
    List<String> all = new ArrayList<>(faults);
    all.addAll(more);
    return more.isEmpty() ? this : new ConfigException(source, all);
  }
}
