package org.r1zero.experiment.cli;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.grpo.checkpoint.CheckpointException;
import org.r1zero.grpo.health.HealthException;
import org.r1zero.grpo.model.weights.ModelFileException;

/** One clear message for a fault. */
final class Faults {
  private Faults() {}

  static String message(Throwable fault) {
    if (fault instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
      return fault.getMessage() + explain(unchecked.getCause());
    }
    boolean ours =
        fault instanceof ConfigException
            || fault instanceof ModelFileException
            || fault instanceof CheckpointException
            || fault instanceof HealthException
            || fault instanceof IllegalArgumentException;
    String text = fault.getMessage() == null ? fault.toString() : fault.getMessage();
    return ours ? text : text + explain(fault) + " (--verbose shows where)";
  }

  private static String explain(Throwable fault) {
    if (fault instanceof NoSuchFileException) {
      return ": no such file";
    }
    if (fault instanceof AccessDeniedException) {
      return ": access denied";
    }
    return "";
  }
}
