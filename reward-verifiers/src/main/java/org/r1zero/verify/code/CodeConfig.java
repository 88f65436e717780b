package org.r1zero.verify.code;

import java.time.Duration;
import org.r1zero.verify.format.ReasoningFormat;
import org.r1zero.verify.sandbox.BubblewrapSandbox;
import org.r1zero.verify.sandbox.ProcessSandbox;
import org.r1zero.verify.sandbox.Sandbox;
import org.r1zero.verify.sandbox.SandboxLimits;

/**
 * How programs are judged.
 *
 * @param language of programs whose problem does not say
 * @param scoring all tests, or the share passed
 * @param timeout for one verdict, waiting for a free worker not counted
 * @param limits of one program; for Java its memory and processes are what a JVM needs
 * @param isolation how programs are kept from this machine
 * @param workers verdicts at a time, and sandboxes kept ready for each language
 * @param python the interpreter's path or name; empty for the system's
 * @param packages whether Python programs may import what is installed beside the standard library
 * @param format the answer tags in which a program may stand
 */
public record CodeConfig(
    Language language,
    Scoring scoring,
    Duration timeout,
    SandboxLimits limits,
    Isolation isolation,
    int workers,
    String python,
    boolean packages,
    ReasoningFormat format) {

  /** All tests have to pass, in 10 s, 5 s of processor time and 512 MiB. */
  public static final CodeConfig DEFAULT =
      new CodeConfig(
          Language.PYTHON,
          Scoring.ALL,
          Duration.ofSeconds(10),
          new SandboxLimits(Duration.ofSeconds(5), 512L << 20, 32, 64L << 20, 8 << 20),
          Isolation.BUBBLEWRAP,
          Runtime.getRuntime().availableProcessors(),
          "",
          false,
          ReasoningFormat.DEFAULT);

  /** How programs are kept from this machine. */
  public enum Isolation {
    /** By bubblewrap. */
    BUBBLEWRAP,
    /** Not at all. */
    NONE;

    /**
     * Opens the sandbox.
     *
     * @throws org.r1zero.verify.sandbox.SandboxUnavailableException if this machine can't isolate
     *     programs, with what to install
     */
    Sandbox open() {
      return switch (this) {
        case BUBBLEWRAP -> BubblewrapSandbox.open();
        case NONE -> new ProcessSandbox();
      };
    }
  }

  /** Checks the time and the number of workers. */
  public CodeConfig {
    if (timeout.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException("timeout must be at least 0.1 s, was " + timeout);
    }
    if (workers < 1) {
      throw new IllegalArgumentException("workers must be at least 1, was " + workers);
    }
  }

  /** The same with another scoring. */
  public CodeConfig withScoring(Scoring other) {
    return new CodeConfig(
        language, other, timeout, limits, isolation, workers, python, packages, format);
  }

  /** The same with other limits of time and resources. */
  public CodeConfig withLimits(Duration otherTimeout, SandboxLimits otherLimits) {
    return new CodeConfig(
        language, scoring, otherTimeout, otherLimits, isolation, workers, python, packages, format);
  }

  /** The limits of a JVM, which needs more address space and threads than a program has use for. */
  SandboxLimits javaLimits() {
    return new SandboxLimits(
        limits.cpuTime(),
        Math.max(limits.memoryBytes(), 2L << 30),
        Math.max(limits.processes(), 64),
        limits.diskBytes(),
        limits.lineBytes());
  }
}
