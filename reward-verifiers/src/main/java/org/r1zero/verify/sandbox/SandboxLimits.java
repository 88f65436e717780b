package org.r1zero.verify.sandbox;

import java.time.Duration;

/**
 * What a sandboxed process tree may use.
 *
 * @param cpuTime processor time of each process; the kernel ends what exceeds it. All of them
 *     together get one processor's time, or where no control group limits it are ended when they
 *     have used this much more
 * @param memoryBytes address space of each process and, where control groups can be had, memory of
 *     all of them with their files
 * @param processes processes and threads at a time, the sandbox's own init counted
 * @param diskBytes size of the temporary folder, which lies in memory, and of each file
 * @param lineBytes the longest line that is read from it
 */
public record SandboxLimits(
    Duration cpuTime, long memoryBytes, int processes, long diskBytes, int lineBytes) {

  /** Checks that each is large enough for an interpreter to start. */
  public SandboxLimits {
    require(cpuTime.toMillis() >= 1000, "cpuTime must be at least 1 s, was " + cpuTime);
    require(memoryBytes >= 64L << 20, "memoryBytes must be at least 64 MiB, was " + memoryBytes);
    require(processes >= 4, "processes must be at least 4, was " + processes);
    require(diskBytes >= 1 << 20, "diskBytes must be at least 1 MiB, was " + diskBytes);
    require(lineBytes >= 1 << 10, "lineBytes must be at least 1 KiB, was " + lineBytes);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
