package org.r1zero.experiment.metrics;

/** How a text stands out on a terminal that has colours. */
public enum Style {
  /** As all text. */
  PLAIN(""),
  /** A heading, a command to be typed. */
  BOLD("1"),
  /** What is done. */
  GOOD("32"),
  /** A warning. */
  WARNING("33"),
  /** An error. */
  BAD("31"),
  /** What matters less. */
  FAINT("2");

  private final String code;

  Style(String code) {
    this.code = code;
  }

  /** A text between the codes that switch this on and off. */
  String on(String text) {
    return code.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
  }
}
