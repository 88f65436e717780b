package org.r1zero.verify.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to run.
 *
 * @param command the program, by its absolute path inside the sandbox, and its arguments
 * @param readOnly folders and files to show besides the system's own, by the path under which they
 *     appear; none of them may be written
 * @param limits what it may use
 * @param kills whether its processes may send the signal that kills. Where they may not, they end
 *     by SIGSYS when they try, and one that is killed all the same was killed from outside, or by
 *     the kernel for want of memory
 */
public record SandboxedCommand(
    List<String> command, Map<String, Path> readOnly, SandboxLimits limits, boolean kills) {

  /** Copies the collections. */
  public SandboxedCommand {
    command = List.copyOf(command);
    readOnly = Map.copyOf(readOnly);
  }

  /** A command whose processes may kill each other, as is usual. */
  public SandboxedCommand(List<String> command, Map<String, Path> readOnly, SandboxLimits limits) {
    this(command, readOnly, limits, true);
  }
}
