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
 */
public record SandboxedCommand(
    List<String> command, Map<String, Path> readOnly, SandboxLimits limits) {

  /** Copies the collections. */
  public SandboxedCommand {
    command = List.copyOf(command);
    readOnly = Map.copyOf(readOnly);
  }
}
