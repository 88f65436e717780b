package org.r1zero.experiment.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.r1zero.experiment.evaluate.EvaluatedSample;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.evaluate.Judges;
import org.r1zero.experiment.run.R1ZeroRun;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.verify.records.Records;

/** What a run came to, for a person on standard error and for a program on standard output. */
final class RunReport {
  private static final int TRACES = 3;
  private static final ObjectMapper JSON = new ObjectMapper();

  private RunReport() {}

  static void print(R1ZeroRun.Result result, boolean json) throws JsonProcessingException {
    Evaluation before = result.before();
    Evaluation after = result.after();
    if (before != null && after != null) {
      System.err.printf(
          "%nheld-out pass@1, %d problems    before                after%n", before.problems());
      System.err.printf(
          "  greedy                        %-21s %s%n", before.greedy(), after.greedy());
      System.err.printf(
          "  sampled                       %-21s %s%n", before.sampled(), after.sampled());
      System.err.printf(
          Locale.ROOT,
          "  pass@%-2d                       %-21s %s%n",
          before.passAt().lastKey(),
          percent(before.passAt().lastEntry().getValue()),
          percent(after.passAt().lastEntry().getValue()));
      printTraces(before, after);
    }
    System.err.printf(
        Locale.ROOT, "%nrun directory %s (%.0f s)%n", result.directory(), result.seconds());
    NextSteps.print(result.directory(), result.recipe());
    if (json) {
      System.out.println(JSON.writeValueAsString(toJson(result)));
    }
  }

  private static void printTraces(Evaluation before, Evaluation after) {
    List<Integer> learned = learned(before, after);
    if (!learned.isEmpty()) {
      System.err.printf(
          "%nwrong before, right and readable now: the first samples of %d of %d problems,"
              + " such as:%n",
          learned.size(), before.problems());
    }
    List<Integer> shown =
        learned.isEmpty() ? IntStream.range(0, before.problems()).boxed().toList() : learned;
    for (int i : shown.subList(0, Math.min(TRACES, shown.size()))) {
      RolloutTrace first = firstSample(before, i).trace();
      RolloutTrace last = firstSample(after, i).trace();
      System.err.printf("%n--- gold %s%n%s%n", first.gold(), first.prompt());
      System.err.printf(
          "  before (reward %.2f):%s%n", shown(first.reward()), clip(first.completion()));
      System.err.printf(
          "  after  (reward %.2f):%s%n", shown(last.reward()), clip(last.completion()));
    }
  }

  /** A small negative reward is not shown as -0.00. */
  private static double shown(double reward) {
    return Math.abs(reward) < 0.005 ? 0 : reward;
  }

  /** Which problems' first samples were wrong before and are right and readable after. */
  static List<Integer> learned(Evaluation before, Evaluation after) {
    return IntStream.range(0, before.problems())
        .filter(i -> !firstSample(before, i).right() && firstSample(after, i).right())
        .filter(i -> isReadable(firstSample(after, i).trace()))
        .boxed()
        .toList();
  }

  /** Whether all checks of readability that the evaluation made have passed. */
  private static boolean isReadable(RolloutTrace trace) {
    return trace.verdicts().entrySet().stream()
        .filter(verdict -> verdict.getKey().startsWith(Judges.PREFIX))
        .allMatch(verdict -> verdict.getValue().outcome().equals("correct"));
  }

  /** The first sampled completion of a problem, or the greedy one where none was sampled. */
  private static EvaluatedSample firstSample(Evaluation evaluation, int problem) {
    List<EvaluatedSample> all = evaluation.completions();
    return evaluation.samples() == 0
        ? all.get(problem)
        : all.get(evaluation.problems() + problem * evaluation.samples());
  }

  private static String clip(String text) {
    return Records.shortened(text.replace("\n", "\n    "), 600, " …");
  }

  private static ObjectNode toJson(R1ZeroRun.Result result) {
    ObjectNode node = JSON.createObjectNode();
    if (result.before() != null && result.after() != null) {
      EvaluationJson.put(node, "_before", result.before());
      EvaluationJson.put(node, "_after", result.after());
    }
    node.put("seconds", result.seconds());
    node.put("run_dir", result.directory().toString());
    return node;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
