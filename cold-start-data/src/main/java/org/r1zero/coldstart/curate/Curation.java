package org.r1zero.coldstart.curate;

import java.nio.file.Path;
import java.util.List;

/**
 * What is curated: the same traces are chosen wherever it is done.
 *
 * @param files of traces, in all formats of {@link org.r1zero.coldstart.records.RecordFiles}
 * @param judge makes candidates of their records
 * @param maxBad the most bad records that a file may have
 * @param config how traces are chosen
 * @param evaluation questions that must not occur
 * @param seed of the order in which traces are taken
 */
public record Curation(
    List<Path> files,
    TraceJudge judge,
    int maxBad,
    CurationConfig config,
    List<String> evaluation,
    long seed) {

  /** Fixes the lists. */
  public Curation {
    files = List.copyOf(files);
    evaluation = List.copyOf(evaluation);
  }
}
