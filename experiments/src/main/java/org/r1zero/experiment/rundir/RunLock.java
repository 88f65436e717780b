package org.r1zero.experiment.rundir;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.grpo.files.Locks;

/** Keeps two processes from writing one run directory; the system frees it when a process ends. */
public final class RunLock implements AutoCloseable {
  private final Path run;
  private final Closeable channel;

  private RunLock(Path run, Closeable channel) {
    this.run = run;
    this.channel = channel;
  }

  static RunLock take(Path run) throws IOException {
    Closeable channel =
        Locks.take(run.resolve(".lock"))
            .orElseThrow(
                () ->
                    new ConfigException(
                        run.toString(),
                        List.of("another process is running it; wait for its end, or stop it")));
    return new RunLock(run, channel);
  }

  /** The run directory that is locked. */
  public Path run() {
    return run;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
