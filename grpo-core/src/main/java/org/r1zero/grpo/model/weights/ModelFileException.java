package org.r1zero.grpo.model.weights;

import java.nio.file.Path;

/** A model folder can't be used: the message names the file, the field and what was expected. */
public final class ModelFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A fault of one file. */
  public ModelFileException(Path file, String fault) {
    super(file + ": " + fault);
  }

  /** A fault of one file with its cause. */
  public ModelFileException(Path file, String fault, Throwable cause) {
    super(file + ": " + fault, cause);
  }
}
