package org.r1zero.coldstart.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.r1zero.verify.NearestName;

/**
 * Which columns of a file are read as what.
 *
 * @param form whose columns are looked for where none is named
 * @param question the column of the question; empty to look for it
 * @param answer that of the answer; empty to look for it
 * @param source that of the name of the data set that a row is from; empty to look for it
 * @param id that of the problem's id; empty for file and line
 * @param rule where in the answer's text the gold is
 */
record ColumnChoice(
    DataForm form, String question, String answer, String source, String id, AnswerRule rule) {

  /**
   * Finds the columns in what was read: those left empty are looked for.
   *
   * @return the same with the names of columns that are there; an answer, source or id that is not
   *     there stays empty
   * @throws IllegalArgumentException if a column that is named, or any for the question, is not
   *     there
   */
  ColumnChoice in(DataRows rows) {
    List<String> faults = new ArrayList<>();
    String asked = found(rows, "question", question, form.questions(), faults);
    if (asked.isEmpty() && faults.isEmpty()) {
      faults.add(
          "there is no column of questions"
              + (form == DataForm.AUTO ? "" : " of form " + form.name().toLowerCase(Locale.ROOT))
              + " ("
              + String.join(", ", form.questions())
              + "): name it by task.options.question; "
              + columns(rows));
    }
    ColumnChoice found =
        new ColumnChoice(
            form,
            asked,
            found(rows, "answer", answer, form.answers(), faults),
            found(rows, "source", source, form.sources(), faults),
            found(rows, "id", id, List.of(), faults),
            rule);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
    return found;
  }

  private static String found(
      DataRows rows, String option, String named, List<String> candidates, List<String> faults) {
    if (!named.isEmpty()) {
      if (!rows.has(named)) {
        faults.add(
            "task.options."
                + option
                + " names the column '"
                + named
                + "', which no row has"
                + NearestName.hint(named, rows.columns().keySet())
                + "; "
                + columns(rows));
      }
      return named;
    }
    return candidates.stream().filter(rows::has).findFirst().orElse("");
  }

  private static String columns(DataRows rows) {
    return "columns: " + String.join(", ", rows.columns().keySet());
  }

  /** What is read as what, in words. */
  String said() {
    return "questions from "
        + question
        + (answer.isEmpty() ? ", no answers" : ", answers from " + answer)
        + (source.isEmpty() ? "" : ", data sources from " + source);
  }
}
