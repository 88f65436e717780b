package org.r1zero.coldstart.records;

/**
 * A record of a file that can't be used.
 *
 * @param file its name
 * @param line counted from 1; of a Parquet file the row
 * @param reason what is wrong with it
 */
public record BadRecord(String file, long line, String reason) {

  @Override
  public String toString() {
    return file + ":" + line + ": " + reason;
  }
}
