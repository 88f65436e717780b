package org.r1zero.grpo.files;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * Files that are replaced at once: a reader sees the old one or the new one, never half. Devices
 * and pipes are never replaced, but written to.
 */
public final class WholeFiles {
  private static final Map<String, FileDescriptor> STANDARD =
      Map.of("/dev/stdout", FileDescriptor.out, "/dev/stderr", FileDescriptor.err);

  private WholeFiles() {}

  /** Whether a file is replaced: not so a device, a pipe and this process's own output. */
  public static boolean isReplaced(Path file) {
    return !STANDARD.containsKey(file.toString())
        && (!Files.exists(file) || Files.isRegularFile(file) || Files.isDirectory(file));
  }

  /** Where a link leads, whether something is there or not; the file itself where it is none. */
  public static Path target(Path file) {
    try {
      return !Files.isSymbolicLink(file)
          ? file
          : Files.exists(file)
              ? file.toRealPath()
              : file.resolveSibling(Files.readSymbolicLink(file));
    } catch (IOException e) {
      return file; // a link that can't be followed
    }
  }

  /** Opens what is not replaced. */
  public static OutputStream open(Path file) throws IOException {
    FileDescriptor standard = STANDARD.get(file.toString());
    return standard == null
        ? Files.newOutputStream(file, StandardOpenOption.WRITE)
        : new FilterOutputStream(new FileOutputStream(standard)) {
          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
          }

          @Override
          public void close() throws IOException {
            flush(); // others write there too
          }
        };
  }

  /** What is in a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes it. */
    void write(OutputStream out) throws IOException;
  }

  /**
   * Writes a file, in the place of one that is there.
   *
   * @param file its folder exists
   */
  public static void write(Path file, byte[] bytes) throws IOException {
    write(file, out -> out.write(bytes));
  }

  /**
   * Writes a file piece by piece, in the place of one that is there.
   *
   * @param file its folder exists
   */
  public static void write(Path file, Content content) throws IOException {
    if (!isReplaced(file)) {
      try (OutputStream out = new BufferedOutputStream(open(file))) {
        content.write(out);
      }
      return;
    }
    Path named = target(file); // a link stays one
    Path partial = named.resolveSibling("." + named.getFileName() + ".partial");
    try (FileChannel channel =
        FileChannel.open(
            partial,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
      content.write(out);
      out.flush();
      channel.force(true);
    }
    Files.move(partial, named, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
