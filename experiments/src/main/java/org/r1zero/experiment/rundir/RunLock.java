package org.r1zero.experiment.rundir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.ConfigException;

/** Keeps two processes from writing one run directory; the system frees it when a process ends. */
public final class RunLock implements AutoCloseable {
  private final Path run;
  private final FileChannel channel;

  private RunLock(Path run, FileChannel channel) {
    this.run = run;
    this.channel = channel;
  }

  static RunLock take(Path run) throws IOException {
    FileChannel channel =
        FileChannel.open(run.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (tryLock(channel) == null) {
      channel.close();
      throw new ConfigException(
          run.toString(), List.of("another process is running it; wait for its end, or stop it"));
    }
    return new RunLock(run, channel);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // this very process has it
    }
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
