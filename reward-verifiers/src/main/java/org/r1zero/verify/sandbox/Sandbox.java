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

  /** Whether a process tree sees no process but its own. */
  boolean isIsolated();

  /** One line for the log: what it is, and which protections are in force. */
  String describe();

  /** Ends the sandbox: deletes its own files. */
  @Override
  void close();
}
