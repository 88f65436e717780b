package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.r1zero.coldstart.records.BadRecord;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Problem;

/**
 * {@code file}: a user's own problems, in JSON lines, JSON, CSV or Parquet. Options: {@code path},
 * a file, a folder of shards, or a list of these; {@code held_out}, the same for evaluation, or
 * {@code held_out_share}, how much of {@code path} is held out, by the hash of the question; {@code
 * form}, whose columns are looked for; {@code question}, {@code answer}, {@code source} and {@code
 * id}, which columns instead; {@code answer_rule}, where in the answer's text the gold is; {@code
 * max_bad_share}, how many rows may be of no use.
 */
public final class FileDataset implements DatasetProvider {
  private static final double HELD_OUT = 0.1;
  private static final double MAX_BAD = 0.01;
  private static final int NAMED = 3;
  private static final int LISTED = 20;

  @Override
  public String name() {
    return "file";
  }

  /** What the options say. */
  private record Options(DataPlaces places, double share, double maxBad, ColumnChoice columns) {

    static Options of(JsonNode node) throws IOException {
      OptionReader options = OptionReader.at("task.options", node);
      List<String> paths = options.texts("path", List.of());
      List<String> heldOut = options.texts("held_out", List.of());
      double share = options.share("held_out_share", heldOut.isEmpty() ? HELD_OUT : 0);
      double maxBad = options.share("max_bad_share", MAX_BAD);
      ColumnChoice columns =
          new ColumnChoice(
              options.choice("form", DataForm.AUTO),
              options.text("question", ""),
              options.text("answer", ""),
              options.text("source", ""),
              options.text("id", ""),
              options.choice("answer_rule", AnswerRule.AUTO));
      options.require(
          node.has("path") && (!node.path("path").isArray() || !node.path("path").isEmpty()),
          "path must name a file of questions, a folder of such files, or a list of them");
      options.require(
          heldOut.isEmpty() || share == 0, "held_out_share must be 0 where held_out is given");
      options.finish();
      DataPlaces places = DataPlaces.of(paths, heldOut, !node.has("held_out_share"));
      return new Options(places, places.heldOut().isEmpty() ? share : 0, maxBad, columns);
    }
  }

  /**
   * The rows of all files that options of this task name.
   *
   * @throws IllegalArgumentException as {@link #load} does
   */
  public static DataRows rows(JsonNode options) throws IOException {
    return DataRows.read(Options.of(options).places.all());
  }

  @Override
  public Dataset load(JsonNode node, long seed) {
    try {
      Options options = Options.of(node);
      DataRows train = DataRows.read(options.places.train());
      DataRows heldOut = DataRows.read(options.places.heldOut());
      return new Loading(options, train, heldOut).dataset();
    } catch (IOException e) {
      throw new IllegalArgumentException("the data can't be read: " + e.getMessage(), e);
    }
  }

  /** One loading: collects what is found on the way. */
  private static final class Loading {
    private final Options options;
    private final DataRows trainRows;
    private final DataRows heldOutRows;
    private final Map<Path, String> names;
    private final List<BadRecord> bad = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private final List<String> notes = new ArrayList<>();

    Loading(Options options, DataRows train, DataRows heldOut) {
      this.options = options;
      this.trainRows = train;
      this.heldOutRows = heldOut;
      this.names = names(options.places.all());
    }

    Dataset dataset() {
      ColumnChoice columns = columns(trainRows);
      notes.add(columns.said());
      List<Path> unread = options.places.unread();
      if (!unread.isEmpty()) {
        notes.add(
            "not read, by their names ("
                + unread.size()
                + "): "
                + unread.stream().limit(NAMED).map(Path::toString).collect(Collectors.joining(", "))
                + (unread.size() > NAMED ? ", …" : ""));
      }
      List<Problem> train = problems(trainRows, columns);
      List<Problem> heldOut =
          heldOutRows.size() == 0 ? new ArrayList<>() : problems(heldOutRows, columns(heldOutRows));
      int rows =
          trainRows.size() + trainRows.bad().size() + heldOutRows.size() + heldOutRows.bad().size();
      int allowed = (int) (options.maxBad * rows);
      checkBad(rows, allowed);
      split(train, heldOut);
      return new Dataset(
          "file",
          List.of(new Dataset.Part(train, 1)),
          heldOut,
          notes,
          Math.max(0, allowed - bad.size()));
    }

    private ColumnChoice columns(DataRows rows) {
      try {
        if (rows.size() == 0) {
          throw new IllegalArgumentException("there is no row");
        }
        return options.columns.in(rows);
      } catch (IllegalArgumentException e) {
        List<Path> files = rows == heldOutRows ? options.places.heldOut() : options.places.train();
        String more = files.size() > 1 ? " and " + (files.size() - 1) + " more" : "";
        throw new IllegalArgumentException(
            files.get(0)
                + more
                + ": "
                + e.getMessage()
                + (rows.bad().isEmpty() ? "" : "; " + rows.bad().get(0)),
            e);
      }
    }

    private List<Problem> problems(DataRows rows, ColumnChoice columns) {
      RowReader reader = new RowReader(columns);
      List<Problem> problems = new ArrayList<>();
      bad.addAll(rows.bad());
      for (DataRows.Row row : rows.rows()) {
        String place = names.get(row.file()) + ":" + row.line();
        try {
          Problem problem = reader.read(row, place);
          if (!ids.add(problem.id())) {
            throw new IllegalArgumentException(
                "its id '" + problem.id() + "' is that of an earlier row");
          }
          problems.add(problem);
        } catch (IllegalArgumentException e) {
          bad.add(new BadRecord(row.file().toString(), row.line(), String.valueOf(e.getMessage())));
        }
      }
      return problems;
    }

    private void checkBad(int rows, int allowed) {
      if (bad.size() > allowed) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%,d of %,d rows can't be used, more than task.options.max_bad_share %s allows:%s%s",
                bad.size(),
                rows,
                options.maxBad,
                listed(LISTED),
                bad.size() > LISTED ? "\n  …" : ""));
      }
      if (!bad.isEmpty()) {
        notes.add(
            String.format(
                Locale.ROOT,
                "%,d of %,d rows can't be used and are left out:%s%s",
                bad.size(),
                rows,
                listed(NAMED),
                bad.size() > NAMED ? "\n  …" : ""));
      }
    }

    private String listed(int most) {
      StringBuilder text = new StringBuilder();
      bad.stream().limit(most).forEach(one -> text.append("\n  ").append(one));
      return text.toString();
    }

    /** Moves what is held out, so that no question is in both parts. */
    private void split(List<Problem> train, List<Problem> heldOut) {
      if (options.share > 0) {
        HeldOutShare.move(train, heldOut, options.share);
        return;
      }
      Set<String> asked = new HashSet<>();
      heldOut.forEach(problem -> asked.add(HeldOutShare.key(problem)));
      int before = train.size();
      train.removeIf(problem -> asked.contains(HeldOutShare.key(problem)));
      if (train.size() < before) {
        notes.add(
            String.format(
                Locale.ROOT,
                "%,d problems to train on are held out as well and are left out",
                before - train.size()));
      }
    }

    /** The files' names where these differ, otherwise their paths. */
    private static Map<Path, String> names(List<Path> files) {
      Map<String, Integer> counts = new HashMap<>();
      files.forEach(file -> counts.merge(file.getFileName().toString(), 1, Integer::sum));
      Map<Path, String> names = new LinkedHashMap<>();
      for (Path file : files) {
        String name = file.getFileName().toString();
        names.put(file, counts.getOrDefault(name, 0) > 1 ? file.toString() : name);
      }
      return names;
    }
  }
}
