package org.r1zero.experiment.rundir;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.rollout.trace.ToRead;
import org.r1zero.verify.records.Records;

/** A few of a step's rollouts as Markdown, for a person who looks at a dashboard. */
final class RolloutTexts {
  private static final int MOST_CHARACTERS = 4000;

  private RolloutTexts() {}

  static List<String> of(List<RolloutTrace> traces) {
    return ToRead.of(traces, RolloutTrace::reward).stream().map(RolloutTexts::markdown).toList();
  }

  private static String markdown(RolloutTrace trace) {
    return String.format(
        Locale.ROOT,
        "**reward %.3f**, %s; gold `%s`; %d tokens, %s%n%n%s%n%nsaid:%n%n%s",
        trace.reward(),
        trace.verdicts().entrySet().stream()
            .map(RolloutTexts::verdict)
            .collect(Collectors.joining(", ")),
        trace.gold().replace('`', '\''),
        trace.tokens(),
        trace.finishReason(),
        code(trace.prompt()),
        code(trace.completion()));
  }

  private static String verdict(Map.Entry<String, RolloutTrace.VerdictTrace> verdict) {
    return verdict.getKey() + " " + verdict.getValue().outcome();
  }

  /** As a block of code: nothing that a model said is markup. */
  private static String code(String text) {
    return Records.shortened(text, MOST_CHARACTERS, " …")
        .lines()
        .map(line -> "    " + line)
        .collect(Collectors.joining("\n"));
  }
}
