package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.OptionValues;
import org.r1zero.verify.Problem;

/**
 * {@code mix}: several data sets in one, by weight. Option {@code tasks}, a list of {@code name},
 * {@code options}, {@code weight} (default 1: its share of the problems of each step, relative to
 * the others') and {@code source} (default the name), which verifiers see as {@code data_source}
 * where the data has none of its own.
 */
public final class MixDataset implements DatasetProvider {

  @Override
  public String name() {
    return "mix";
  }

  @Override
  public Dataset load(JsonNode options, long seed) {
    return load(options, seed, (name, its) -> Datasets.load(name, its, seed, List.of()));
  }

  /** A held-out problem and where it comes: each data set is spread over all of the list. */
  private record Placed(Problem problem, double place) {}

  @Override
  public Dataset load(JsonNode node, long seed, Others others) {
    OptionReader options = OptionReader.at("task.options", node);
    List<JsonNode> tasks = options.objects("tasks");
    options.require(
        tasks.size() > 0, "tasks must be a list of data sets, such as [{name: gsm8k, weight: 2}]");
    options.finish();
    List<Dataset.Part> parts = new ArrayList<>();
    List<Placed> heldOut = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    int spare = 0;
    for (int i = 0; i < tasks.size(); i++) {
      String place = "task.options.tasks[" + i + "]";
      Task task = Task.of(tasks.get(i), place);
      Dataset dataset = task.load(others, place);
      String prefix = task.source + "-" + (i + 1) + "/";
      double total = dataset.parts().stream().mapToDouble(Dataset.Part::weight).sum();
      List<Problem> held = named(dataset.heldOut(), task.source, prefix, ids);
      for (int h = 0; h < held.size(); h++) {
        heldOut.add(new Placed(held.get(h), (h + 0.5) / task.weight));
      }
      for (Dataset.Part part : dataset.parts()) {
        parts.add(
            new Dataset.Part(
                named(part.problems(), task.source, prefix, ids),
                task.weight * part.weight() / total));
      }
      dataset.notes().forEach(note -> notes.add(task.source + ": " + note));
      spare += dataset.spare();
    }
    heldOut.sort(Comparator.comparingDouble(Placed::place));
    List<Problem> evaluated = heldOut.stream().map(Placed::problem).toList();
    return new Dataset(name(), apart(parts, evaluated, notes), evaluated, notes, spare);
  }

  /** Leaves out of training what another data set holds out. */
  private static List<Dataset.Part> apart(
      List<Dataset.Part> parts, List<Problem> heldOut, List<String> notes) {
    Set<String> asked = new HashSet<>();
    heldOut.forEach(problem -> asked.add(HeldOutShare.key(problem)));
    List<Dataset.Part> kept = new ArrayList<>();
    int left = 0;
    for (Dataset.Part part : parts) {
      List<Problem> problems =
          part.problems().stream().filter(p -> !asked.contains(HeldOutShare.key(p))).toList();
      left += part.problems().size() - problems.size();
      kept.add(new Dataset.Part(problems, part.weight()));
    }
    if (left > 0) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%,d problems to train on are held out by another data set and are left out",
              left));
    }
    return kept;
  }

  /** The problems with their source, and with ids that no other data set has. */
  private static List<Problem> named(
      List<Problem> problems, String source, String prefix, Set<String> ids) {
    List<Problem> named = new ArrayList<>();
    for (Problem problem : problems) {
      String id = ids.add(problem.id()) ? problem.id() : prefix + problem.id();
      ids.add(id);
      ObjectNode data = problem.data();
      if (!data.hasNonNull("data_source")) {
        data = data.deepCopy();
        data.put("data_source", source);
      }
      named.add(new Problem(id, problem.question(), problem.gold(), data));
    }
    return named;
  }

  /** One data set of the mix. */
  private record Task(String name, JsonNode options, double weight, String source) {

    static Task of(JsonNode node, String place) {
      OptionReader keys = OptionReader.at(place, node);
      String name = keys.text("name", "");
      keys.require(!name.isEmpty(), "name must be the name of a data set, was none");
      JsonNode options = keys.node("options");
      keys.require(
          options.isMissingNode() || options.isObject(),
          "options must be a mapping, was " + options);
      JsonNode given = keys.node("weight");
      double weight = given.isMissingNode() ? 1 : OptionValues.number(given).orElse(0);
      keys.require(weight > 0, "weight must be a number > 0, was " + given);
      String source = keys.text("source", name);
      keys.finish();
      return new Task(
          name,
          options.isObject() ? options : JsonNodeFactory.instance.objectNode(),
          weight,
          source);
    }

    Dataset load(Others others, String place) {
      try {
        return others.load(name, options);
      } catch (IllegalArgumentException e) {
        String fault = String.valueOf(e.getMessage()).replace("task.", place + ".");
        throw new IllegalArgumentException(
            fault.contains(place) ? fault : place + " (" + name + "): " + fault, e);
      }
    }
  }
}
