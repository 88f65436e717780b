package org.r1zero.experiment.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.r1zero.coldstart.dataset.DataRows;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.coldstart.dataset.FileDataset;
import org.r1zero.coldstart.dataset.HeldOutShare;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.TaskConfig;
import org.r1zero.experiment.model.ModelFolder;
import org.r1zero.rollout.Texts;
import org.r1zero.verify.Problem;

/**
 * What a recipe's data comes to, before anything is sampled.
 *
 * @param training problems to train on
 * @param heldOut problems to evaluate on
 * @param overlap questions that are in both, which a data set should not have
 * @param sources how many problems, of both, are from each data set, where the data says so
 * @param notes what was found while reading, such as columns and bad rows
 * @param context of the model, in tokens
 * @param newTokens most new tokens, which the context must have room for
 * @param first some prompts to train on as the model will see them, with their golds
 */
public record DataSummary(
    Part training,
    Part heldOut,
    int overlap,
    Map<String, Integer> sources,
    List<String> notes,
    int context,
    int newTokens,
    List<Shown> first) {

  /**
   * Some problems.
   *
   * @param problems how many
   * @param repeated how many ask what an earlier one asked
   * @param contradicting how many of those have another gold than the first that asked
   * @param contradiction the first of them beside that which it contradicts; empty without any
   * @param shortest prompt, in tokens, as {@code median}, {@code most} (the 95th percentile) and
   *     {@code longest}
   * @param tooLong how many prompts leave no room for the new tokens
   */
  public record Part(
      int problems,
      int repeated,
      int contradicting,
      String contradiction,
      int shortest,
      int median,
      int most,
      int longest,
      int tooLong) {}

  /**
   * A prompt.
   *
   * @param id of its problem
   * @param prompt as rendered
   * @param gold the reference answer
   */
  public record Shown(String id, String prompt, String gold) {}

  /**
   * A column of the user's files.
   *
   * @param name dotted where it is a field of a structure
   * @param values how many rows have one
   * @param example the first value, shortened
   */
  public record Column(String name, int values, String example) {}

  /**
   * Reads the problems as a run would, but leaves none out for its length.
   *
   * @param shown how many prompts are wanted
   * @throws IllegalArgumentException if a run could not use the data
   */
  public static DataSummary of(Recipe recipe, int shown) throws IOException {
    Dataset dataset = recipe.task().load(recipe.seed(), recipe.scoring());
    try (ModelFolder folder = ModelFolder.open(recipe.model())) {
      Texts texts = new Texts(folder.tokenizer(), folder.renderer(recipe.prompt()));
      int context = folder.directory().config().maxPositionEmbeddings();
      int newTokens = recipe.sampling().maxNewTokens();
      List<Problem> train = dataset.train();
      Map<String, Integer> sources = new TreeMap<>();
      Set<String> heldOut = new HashSet<>();
      for (Problem problem : dataset.heldOut()) {
        heldOut.add(HeldOutShare.key(problem));
        count(problem, sources);
      }
      Set<String> both = new HashSet<>();
      for (Problem problem : train) {
        String key = HeldOutShare.key(problem);
        if (heldOut.contains(key)) {
          both.add(key);
        }
        count(problem, sources);
      }
      List<Shown> first =
          train.stream()
              .limit(shown)
              .map(p -> new Shown(p.id(), texts.renderer().render(p), p.gold()))
              .toList();
      return new DataSummary(
          part(train, texts, context - newTokens),
          part(dataset.heldOut(), texts, context - newTokens),
          both.size(),
          sources,
          dataset.notes(),
          context,
          newTokens,
          first);
    }
  }

  private static void count(Problem problem, Map<String, Integer> sources) {
    String source = problem.field("data_source").asText("");
    if (!source.isEmpty()) {
      sources.merge(source, 1, Integer::sum);
    }
  }

  private static Part part(List<Problem> problems, Texts texts, int limit) {
    Map<String, Problem> asked = new HashMap<>();
    int repeated = 0;
    int contradicting = 0;
    String contradiction = "";
    int[] tokens = new int[problems.size()];
    for (int i = 0; i < tokens.length; i++) {
      Problem problem = problems.get(i);
      tokens[i] = texts.encode(texts.renderer().render(problem)).length;
      Problem earlier = asked.putIfAbsent(HeldOutShare.key(problem), problem);
      repeated += earlier == null ? 0 : 1;
      if (earlier != null && !earlier.gold().equals(problem.gold()) && contradicting++ == 0) {
        contradiction = problem.id() + " and " + earlier.id();
      }
    }
    Arrays.sort(tokens);
    int last = tokens.length - 1;
    return last < 0
        ? new Part(0, 0, 0, "", 0, 0, 0, 0, 0)
        : new Part(
            tokens.length,
            repeated,
            contradicting,
            contradiction,
            tokens[0],
            tokens[last / 2],
            tokens[(int) (0.95 * last)],
            tokens[last],
            (int) Arrays.stream(tokens).filter(t -> t > limit).count());
  }

  /**
   * The rows of the user's files that a task names; none where it names no file.
   *
   * @throws IllegalArgumentException if a file can't be read at all
   */
  public static List<DataRows> rows(TaskConfig task) throws IOException {
    List<DataRows> all = new ArrayList<>();
    rows(task.name(), task.options(), all);
    return all;
  }

  private static void rows(String name, JsonNode options, List<DataRows> all) throws IOException {
    if (name.equals("file")) {
      all.add(FileDataset.rows(options));
    } else if (name.equals("mix")) {
      for (JsonNode task : options.path("tasks")) {
        rows(task.path("name").asText(), task.path("options"), all);
      }
    }
  }

  /** The columns of rows. */
  public static List<Column> columns(DataRows rows) {
    return rows.columns().entrySet().stream()
        .map(
            column -> new Column(column.getKey(), column.getValue(), rows.example(column.getKey())))
        .toList();
  }
}
