package org.r1zero.verify.code;

/** What programs are written in. */
public enum Language {
  /** Python 3. */
  PYTHON,
  /** Java: a class with a main method. */
  JAVA;

  /**
   * Whether this language goes by a name.
   *
   * @param name in lower case, as after the fence of a code block
   */
  boolean isNamed(String name) {
    return switch (this) {
      case PYTHON -> name.equals("python") || name.equals("python3") || name.equals("py");
      case JAVA -> name.equals("java");
    };
  }
}
