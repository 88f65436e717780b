package org.r1zero.coldstart.curate;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Serializable;
import java.util.List;

/** Makes candidates of a file's records, in whichever process. Thread-safe. */
public interface TraceJudge extends Serializable {

  /** Names of the filters that a candidate has passed or not, in their order. */
  List<String> filters();

  /** The filter among them that says whether a trace is right. */
  String accuracy();

  /**
   * Reads and judges a record.
   *
   * @throws IllegalArgumentException if it can't be used; the message says why
   */
  Candidate read(JsonNode record);
}
