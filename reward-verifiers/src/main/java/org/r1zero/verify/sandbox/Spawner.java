package org.r1zero.verify.sandbox;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.r1zero.verify.process.Daemons;
import org.r1zero.verify.sandbox.SandboxException.Kind;

/**
 * Starts processes from one thread that never ends: bubblewrap asks the kernel to kill its tree
 * when its parent ends, and for the kernel the parent is the thread that started it, not the JVM.
 */
final class Spawner {

  private static final ExecutorService THREAD =
      Executors.newSingleThreadExecutor(Daemons.named("sandbox-spawner"));

  private Spawner() {}

  /** Starts a command with an environment that holds the search path alone. */
  static Process start(List<String> command) throws SandboxException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
    Future<Process> started = THREAD.submit(builder::start);
    try {
      return started.get();
    } catch (ExecutionException e) {
      String message =
          e.getCause() instanceof IOException io ? io.getMessage() : String.valueOf(e.getCause());
      throw new SandboxException(
          Kind.NOT_STARTED, "can't start " + command.get(0) + ": " + message);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      started.cancel(false);
      throw new SandboxException(Kind.INTERRUPTED, "the thread was interrupted");
    }
  }
}
