package org.r1zero.grpo.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.r1zero.grpo.files.Folders;

/** The few things that are done to a disk; a test has one that fills up. */
class Disk {

  /** A new file, open for writing. */
  WritableByteChannel create(Path file) throws IOException {
    return FileChannel.open(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.TRUNCATE_EXISTING);
  }

  /** Waits until a file's bytes, or a folder's names, are on the disk. */
  void force(Path path) throws IOException {
    // a folder opens for reading only, and forcing a file needs no more on Linux
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Renames a folder within its parent, at once. */
  void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Deletes a folder with all in it, where there is one. */
  void delete(Path folder) throws IOException {
    Folders.delete(folder);
  }
}
