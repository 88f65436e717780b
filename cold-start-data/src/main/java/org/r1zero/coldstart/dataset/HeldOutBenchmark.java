package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiPredicate;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Problem;

/**
 * A benchmark in one published file of JSON lines. All are held out: there is nothing to train on.
 * Option: {@code path}, the file.
 */
abstract class HeldOutBenchmark implements DatasetProvider {
  private final String name;
  private final String file;
  private final String form;

  /**
   * Names it, where its file is and what that is.
   *
   * @param name the data set's
   * @param file where it is unless told otherwise
   */
  HeldOutBenchmark(String name, String file, String form) {
    this.name = name;
    this.file = file;
    this.form = form;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final Dataset load(JsonNode node, long seed) {
    OptionReader options = OptionReader.at("task.options", node);
    Path path = options.file("path", file);
    BiPredicate<JsonNode, String> wanted = wanted(options);
    options.finish();
    return new Dataset(
        name,
        List.of(),
        PublishedFile.read(
            path, "set task.options.path to " + form + ", plain or .gz", wanted, this::problem));
  }

  /** Which records are read, by options of its own. */
  BiPredicate<JsonNode, String> wanted(OptionReader options) {
    return (record, where) -> true;
  }

  /** A record as a problem; checks its form. */
  abstract Problem problem(JsonNode node, String where, int line);
}
