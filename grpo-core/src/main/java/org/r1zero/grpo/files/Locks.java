package org.r1zero.grpo.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Locks that keep two processes from writing the same; the system frees them with the process. */
public final class Locks {
  private Locks() {}

  /**
   * Locks a file, which is made where it is missing.
   *
   * @return holds the lock until it is closed; empty where another process, or this very one, has
   *     it
   */
  public static Optional<FileChannel> take(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return Optional.of(channel);
      }
    } catch (OverlappingFileLockException e) {
      // this very process has it
    }
    channel.close();
    return Optional.empty();
  }
}
