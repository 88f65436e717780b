package org.r1zero.grpo.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Locks that keep two processes from writing the same; the system frees them with the process. */
public final class Locks {
  /** POSIX frees a file's lock where the process closes any channel of it: none may be opened. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private Locks() {}

  /**
   * Locks a file, which is made where it is missing. Whoever holds the lock may delete the file.
   *
   * @return holds the lock until it is closed; empty where another process, or this very one, has
   *     it
   */
  public static Optional<Closeable> take(Path file) throws IOException {
    Path folder = Objects.requireNonNullElse(file.toAbsolutePath().getParent(), file);
    Path name =
        folder.toRealPath().resolve(file.getFileName()); // one name, whatever links lead to it
    if (!HELD.add(name)) {
      return Optional.empty();
    }
    Optional<FileChannel> channel = Optional.empty();
    try {
      channel = locked(name);
    } finally {
      if (channel.isEmpty()) {
        HELD.remove(name);
      }
    }
    return channel.map(
        held ->
            () -> {
              try {
                held.close();
              } finally {
                HELD.remove(name);
              }
            });
  }

  private static Optional<FileChannel> locked(Path file) throws IOException {
    while (true) {
      Object before = key(file);
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      boolean kept = false;
      try {
        if (channel.tryLock() == null) {
          return Optional.empty();
        }
        // whoever had it may have deleted the file after it was opened here: it would guard nothing
        kept = before != null && Objects.equals(before, key(file));
        if (kept) {
          return Optional.of(channel);
        }
      } finally {
        if (!kept) {
          channel.close();
        }
      }
    }
  }

  private static @Nullable Object key(Path file) throws IOException {
    try {
      Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      return key == null ? file : key; // not every file system numbers its files
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
