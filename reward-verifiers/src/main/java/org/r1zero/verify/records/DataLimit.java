package org.r1zero.verify.records;

import java.nio.file.Path;

/**
 * How much one file of data may hold, unpacked: a small compressed file can unpack to more than any
 * machine has. 2,048 MB, or what the environment variable {@code R1ZERO_MAX_DATA_MB} says; a single
 * record may have a sixteenth of it.
 */
public final class DataLimit {
  private static final String VARIABLE = "R1ZERO_MAX_DATA_MB";
  private static final long DEFAULT_MB = 2048;
  private static final int RECORDS = 16;
  private static final long MB = 1 << 20;
  private final Path file;
  private final long bytes;
  private long read;

  DataLimit(Path file, long bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /**
   * The limit of one reading of a file.
   *
   * @throws IllegalArgumentException if the environment variable is not a whole number above 0
   */
  public static DataLimit of(Path file) {
    String given = System.getenv(VARIABLE);
    if (given == null || given.isBlank()) {
      return new DataLimit(file, DEFAULT_MB * MB);
    }
    if (!given.strip().matches("[1-9]\\d{0,8}")) {
      throw new IllegalArgumentException(
          VARIABLE + " must be a whole number of megabytes > 0, was " + given);
    }
    return new DataLimit(file, Long.parseLong(given.strip()) * MB);
  }

  /**
   * Counts bytes that were unpacked.
   *
   * @throws IllegalArgumentException if the file has had more than it may
   */
  public void add(long more) {
    read += more;
    if (read > bytes) {
      throw new IllegalArgumentException(
          String.format(
              "%s: holds more than %,d MB, unpacked; if it is meant to, set %s to more",
              file, bytes / MB, VARIABLE));
    }
  }

  /** Bytes that one record may have. */
  public long recordBytes() {
    return bytes / RECORDS;
  }

  /** What is thrown for a record that has more. */
  public IllegalArgumentException recordTooLong(String where) {
    return new IllegalArgumentException(
        String.format(
            "%s: has more than %,d MB in one record; if it is meant to, set %s to more than %,d",
            where, recordBytes() / MB, VARIABLE, bytes / MB));
  }
}
