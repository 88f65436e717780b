package org.r1zero.experiment.rundir;

import java.io.EOFException;
import java.io.IOException;
import java.net.BindException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** What the system says of files and ports, with what to do about it. */
public final class FileFaults {
  private static final Map<String, String> SYSTEM =
      Map.of(
          "no space left on device",
          "the disk is full; free some space (a run that was stopped resumes with --resume)",
          "disk quota exceeded",
          "your disk quota is used up; free some space",
          "read-only file system",
          "the file system is read-only; name a place that can be written",
          "too many open files",
          "too many open files; raise the limit (ulimit -n)",
          "file name too long",
          "the name is too long; choose a shorter one",
          "is a directory",
          "is a folder; name a file",
          "not a directory",
          "a part of the path is a file, not a folder; check the path",
          "input/output error",
          "the disk reports an error; check the disk");

  private FileFaults() {}

  /**
   * What the system said, in words and with the file; {@code null} where the fault says it itself.
   */
  public static @Nullable String words(Throwable fault) {
    if (fault instanceof FileSystemException file) {
      String what = reason(file);
      return what == null ? null : file.getFile() == null ? what : file.getFile() + ": " + what;
    }
    if (fault instanceof CharacterCodingException) {
      return "a text is not valid UTF-8; convert the file to UTF-8";
    }
    if (fault instanceof BindException) {
      return "the port can't be used: " + fault.getMessage() + "; name another";
    }
    if (fault instanceof ZipException || fault instanceof EOFException) {
      return "a compressed file is damaged or cut off: " + fault.getMessage();
    }
    return fault instanceof IOException ? system(String.valueOf(fault.getMessage())) : null;
  }

  /**
   * What stands in the way of writing below a folder, which need not be there yet; {@code null} for
   * nothing.
   */
  public static @Nullable String unwritable(Path folder) {
    Path place = folder.toAbsolutePath().normalize();
    while (place.getParent() != null && !Files.exists(place)) {
      place = place.getParent();
    }
    if (!Files.isDirectory(place)) {
      return place + " is not a folder";
    }
    try {
      Files.delete(Files.createTempFile(place, ".r1zero", ""));
      return null;
    } catch (IOException e) {
      return place + " can't be written to";
    }
  }

  private static @Nullable String reason(FileSystemException fault) {
    if (fault instanceof NoSuchFileException) {
      return "there is no such file or folder; check the path";
    }
    if (fault instanceof AccessDeniedException) {
      return "permission denied; check its owner and rights, or name another place";
    }
    if (fault instanceof FileAlreadyExistsException) {
      return "exists already; name another place";
    }
    if (fault instanceof NotDirectoryException) {
      return "is not a folder; check the path";
    }
    if (fault instanceof DirectoryNotEmptyException) {
      return "the folder is not empty; another program has put files there";
    }
    return fault.getReason() == null ? null : system(fault.getReason());
  }

  private static @Nullable String system(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    return SYSTEM.entrySet().stream()
        .filter(known -> lower.contains(known.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }
}
