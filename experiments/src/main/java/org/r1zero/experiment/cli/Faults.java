package org.r1zero.experiment.cli;

import java.io.UncheckedIOException;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.rundir.FileFaults;
import org.r1zero.grpo.checkpoint.CheckpointException;
import org.r1zero.grpo.health.HealthException;
import org.r1zero.grpo.model.weights.ModelFileException;

/** One clear message for a fault, and its exit code. */
final class Faults {
  /** What the command line, a recipe, a file or a folder that was named is to blame for. */
  static final int WRONG_USE = 2;

  private static final int FAILED = 1;

  private Faults() {}

  /** 2 where the user can put it right by naming something else, otherwise 1. */
  static int exitCode(Throwable fault) {
    return fault instanceof ConfigException
            || fault instanceof ModelFileException
            || fault instanceof IllegalArgumentException
        ? WRONG_USE
        : FAILED;
  }

  /**
   * What to print.
   *
   * @param offerTrace whether {@code --verbose} would show more
   */
  static String message(Throwable fault, boolean offerTrace) {
    if (fault instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
      String said = String.valueOf(unchecked.getMessage());
      String cause = FileFaults.words(unchecked.getCause());
      boolean bare = cause == null || said.equals(unchecked.getCause().toString());
      return bare ? (cause == null ? said : cause) : said + ": " + cause;
    }
    String io = FileFaults.words(fault);
    if (io != null) {
      return io;
    }
    if (fault instanceof OutOfMemoryError) {
      return "out of memory ("
          + fault.getMessage()
          + "): R1ZERO_JAVA_OPTS=-Xmx8g gives the Java heap 8 GB; smaller batches need less";
    }
    boolean ours =
        fault instanceof ConfigException
            || fault instanceof ModelFileException
            || fault instanceof CheckpointException
            || fault instanceof HealthException
            || (fault instanceof IllegalArgumentException && fault.getMessage() != null);
    String text =
        fault.getMessage() == null ? fault.getClass().getSimpleName() : fault.getMessage();
    return ours || !offerTrace ? text : text + " (--verbose shows where)";
  }
}
