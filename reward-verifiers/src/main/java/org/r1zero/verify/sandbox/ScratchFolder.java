package org.r1zero.verify.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A temporary folder that sandboxed processes can read, deleted when closed or when the JVM ends.
 * What a JVM left that was killed is deleted by another one a day later.
 */
public final class ScratchFolder implements AutoCloseable {

  private static final Pattern NAME = Pattern.compile("r1zero-sandbox-(\\d{1,9})-.*");
  private static final Duration STALE = Duration.ofDays(1);

  private final Path path;
  private final Thread atExit;

  private ScratchFolder(Path path) {
    this.path = path;
    this.atExit = new Thread(() -> delete(path), "sandbox-scratch");
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Makes an empty folder. */
  public static ScratchFolder create() throws IOException {
    deleteStale(Path.of(System.getProperty("java.io.tmpdir")));
    Path path = Files.createTempDirectory("r1zero-sandbox-" + ProcessHandle.current().pid() + "-");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new ScratchFolder(path);
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** Lets every user read a file of this folder. */
  public static void publish(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  @Override
  public void close() {
    delete(path);
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // the JVM is ending, and the hook finds nothing to do
    }
  }

  /** Old folders of processes that are no more; old, since a container sees not all processes. */
  private static void deleteStale(Path parent) {
    Instant before = Instant.now().minus(STALE);
    try (Stream<Path> folders = Files.list(parent)) {
      for (Path folder : folders.toList()) {
        Matcher name = NAME.matcher(folder.getFileName().toString());
        if (name.matches()
            && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()
            && Files.getLastModifiedTime(folder).toInstant().isBefore(before)) {
          delete(folder);
        }
      }
    } catch (IOException e) {
      // another one's folder: theirs to delete
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // gone already, or another user's
    }
  }
}
