package org.r1zero.verify.sandbox;

import java.nio.file.Path;
import java.util.Map;

/** Starts processes that are not trusted. Thread-safe. */
public sealed interface Sandbox extends AutoCloseable permits BubblewrapSandbox, ProcessSandbox {

  /**
   * Starts a process tree; it ends by {@link SandboxProcess#close()}, by its limits, or with this
   * JVM.
   *
   * @throws SandboxException if it can't be started
   */
  SandboxProcess start(SandboxedCommand command) throws SandboxException;

  /** The path at which a program sees a folder or file that is given in {@code readOnly}. */
  String inside(Map.Entry<String, Path> readOnly);

  /** The environment of a sandboxed process, beside the search path. */
  Map<String, String> ENVIRONMENT =
      Map.of("LANG", "C.UTF-8", "HOME", "/tmp", "PYTHONHASHSEED", "0", "MALLOC_ARENA_MAX", "2");

  /** Whether a process tree sees no process but its own. */
  boolean isIsolated();

  /** Whether every protection that it knows is in force on this machine. */
  boolean isComplete();

  /** One line for the log: what it is, and which protections are in force. */
  String describe();

  /** Ends the sandbox: deletes its own files. */
  @Override
  void close();
}
