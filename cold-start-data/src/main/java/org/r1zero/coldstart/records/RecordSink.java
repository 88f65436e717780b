package org.r1zero.coldstart.records;

import com.fasterxml.jackson.databind.JsonNode;

/** Takes the records of a file, one after another. */
public interface RecordSink {

  /**
   * Takes a record.
   *
   * @param line where it begins, from 1; in a Parquet file its row, in a list of JSON its place
   *     there, since most have all their records in one line
   * @param record whatever JSON value it is
   */
  void record(long line, JsonNode record);

  /**
   * Notes a line that holds no record.
   *
   * @param line from 1
   * @param why it can't be read
   */
  void unreadable(long line, String why);
}
