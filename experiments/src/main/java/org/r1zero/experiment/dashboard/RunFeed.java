package org.r1zero.experiment.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.compare.Compared;
import org.r1zero.experiment.compare.Measure;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.evaluate.EvaluatedSample;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.evaluate.EvaluationFiles;
import org.r1zero.experiment.evaluate.Interval;
import org.r1zero.experiment.metrics.JsonFiles;
import org.r1zero.experiment.metrics.RunSteps;
import org.r1zero.rollout.trace.RolloutTrace;

/**
 * What run directories say, read as they are written. A run is asked for by the name under which it
 * was found, never by a path, and no link inside the folder is followed, so nothing outside it can
 * be reached.
 */
final class RunFeed {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int PROBLEMS_PER_PAGE = 8;
  private static final int MOST_PER_PROBLEM = 64;
  private static final int MOST_STEPS = 5000;
  private final Path root;
  private final Map<Path, RunList.Described> described = new HashMap<>();

  /** Takes the folder, which may itself be reached by a link. */
  RunFeed(Path root) throws IOException {
    this.root = root.toRealPath();
  }

  /**
   * What rollouts are looked for.
   *
   * @param step of training, from 1
   * @param verdict {@code right}, {@code wrong} or empty for all
   * @param minReward at least
   * @param maxReward at most
   * @param text that prompt or completion has, in any case; empty for all
   * @param page of problems, from 1
   */
  record Filter(
      long step, String verdict, double minReward, double maxReward, String text, int page) {}

  /** All runs in short, the newest first. */
  synchronized ObjectNode list() throws IOException {
    return RunList.of(root, described);
  }

  private @Nullable Path folder(String name) throws IOException {
    return RunList.folders(root).get(name);
  }

  /**
   * The steps of a run, each with {@code accuracy}: every one, or of a long run evenly chosen ones
   * and the last; {@code null} where there is no such run.
   */
  @Nullable ArrayNode metrics(String name) throws IOException {
    Path run = folder(name);
    if (run == null) {
      return null;
    }
    ArrayNode steps = NODES.arrayNode();
    List<JsonNode> all = steps(run).metrics();
    String accuracy = "rewards/" + Recipe.accuracyColumn(RunFiles.recipe(run)) + "/correct";
    int every = 1 + all.size() / MOST_STEPS;
    for (int i = 0; i < all.size(); i++) {
      if (i % every == 0 || i == all.size() - 1) {
        ObjectNode step = (ObjectNode) all.get(i);
        if (step.path(accuracy).isNumber()) {
          step.set("accuracy", step.path(accuracy));
        }
        steps.add(step);
      }
    }
    return steps;
  }

  private static RunSteps steps(Path run) {
    return new RunSteps(run, LinkOption.NOFOLLOW_LINKS);
  }

  /** A run's recipe and evaluations; {@code null} where there is no such run. */
  @Nullable ObjectNode about(String name) throws IOException {
    Path run = folder(name);
    if (run == null) {
      return null;
    }
    ObjectNode about = NODES.objectNode();
    about.put("recipe", RunFiles.text(run, "recipe.yaml"));
    ObjectNode evaluations = about.putObject("evaluations");
    for (String when : List.of("before", "after")) {
      String file = "evaluation-" + when + ".jsonl";
      if (RunFiles.has(run, file)) {
        evaluation(evaluations, when, run.resolve(file));
      }
    }
    Compared comparison = RunFiles.read(run, Compared.FILE, Compared.class);
    if (comparison != null) {
      for (Compared.Arm arm : comparison.arms()) {
        Compared.Value accuracy = arm.values().get(Measure.ALL.get(0).id());
        if (accuracy != null) {
          evaluations
              .putObject(arm.name())
              .put("text", accuracy.interval().toString())
              .put("problems", comparison.problems());
        }
      }
    }
    return about;
  }

  /** One that is damaged has no interval: of a part of its completions it would be another one. */
  private static void evaluation(ObjectNode evaluations, String when, Path file) {
    try {
      List<EvaluatedSample> samples = EvaluationFiles.read(file);
      if (!samples.isEmpty()) {
        Interval accuracy = Evaluation.accuracy(samples);
        evaluations
            .putObject(when)
            .put("text", accuracy.toString())
            .put("problems", samples.stream().map(s -> s.trace().problem()).distinct().count())
            .put("mean", accuracy.mean())
            .put("low", accuracy.low())
            .put("high", accuracy.high());
      }
    } catch (IOException | RuntimeException e) {
      evaluations.putObject(when).put("text", file.getFileName() + " is damaged");
    }
  }

  /**
   * The rollouts of a step that a filter takes, by problem, a page of problems; {@code null}
   * without such a run.
   */
  @Nullable ObjectNode rollouts(String name, Filter filter) throws IOException {
    Path run = folder(name);
    if (run == null) {
      return null;
    }
    String column = Recipe.accuracyColumn(RunFiles.recipe(run));
    Map<String, ObjectNode> problems = new LinkedHashMap<>();
    int matches = 0;
    boolean own = !java.nio.file.Files.isSymbolicLink(run.resolve("rollouts"));
    for (RolloutTrace rollout :
        own ? steps(run).rollouts(filter.step()) : List.<RolloutTrace>of()) {
      boolean right = rollout.isCorrect(column);
      if (takes(filter, rollout, right)) {
        matches++;
        add(problems, rollout, right);
      }
    }
    int pages = Math.max(1, (problems.size() + PROBLEMS_PER_PAGE - 1) / PROBLEMS_PER_PAGE);
    int page = Math.min(Math.max(1, filter.page()), pages);
    ObjectNode result = NODES.objectNode();
    result.put("matches", matches).put("problems", problems.size());
    result.put("page", page).put("pages", pages);
    ArrayNode shown = result.putArray("groups");
    problems.values().stream()
        .skip((long) (page - 1) * PROBLEMS_PER_PAGE)
        .limit(PROBLEMS_PER_PAGE)
        .forEach(shown::add);
    return result;
  }

  /** A problem's prompt and gold stand once, above its rollouts. */
  private static void add(Map<String, ObjectNode> problems, RolloutTrace rollout, boolean right) {
    ObjectNode problem =
        problems.computeIfAbsent(
            rollout.problem() + "\n" + rollout.prompt(),
            key ->
                NODES
                    .objectNode()
                    .put("problem", rollout.problem())
                    .put("prompt", rollout.prompt())
                    .put("gold", rollout.gold())
                    .put("right", 0)
                    .put("count", 0));
    problem.put("count", problem.path("count").asInt() + 1);
    problem.put("right", problem.path("right").asInt() + (right ? 1 : 0));
    if (problem.path("rollouts").size() < MOST_PER_PROBLEM) {
      ObjectNode shown = JsonFiles.tree(rollout).put("right", right);
      shown.remove(List.of("prompt", "gold", "problem"));
      problem.withArray("/rollouts").add(shown);
    }
  }

  private static boolean takes(Filter filter, RolloutTrace rollout, boolean right) {
    if (rollout.reward() < filter.minReward() || rollout.reward() > filter.maxReward()) {
      return false;
    }
    if (!filter.verdict().isEmpty() && right != filter.verdict().equals("right")) {
      return false;
    }
    String text = rollout.prompt() + "\n" + rollout.completion();
    return text.toLowerCase(Locale.ROOT).contains(filter.text().toLowerCase(Locale.ROOT));
  }
}
