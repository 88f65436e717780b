package org.r1zero.grpo.faults;

/**
 * One thing that is wrong with options.
 *
 * @param key the option, with dots where it lies in sections; empty where the message names it
 * @param message what it must be and what it was, such as {@code must be >= 1, was 0}
 */
public record Fault(String key, String message) {

  /** The same as seen from outside of a section: {@code prefix} is put before the key. */
  public Fault below(String prefix) {
    return key.isEmpty() ? new Fault("", prefix + message) : new Fault(prefix + key, message);
  }

  /** Key and message as a sentence. */
  @Override
  public String toString() {
    return key.isEmpty() ? message : key + " " + message;
  }
}
