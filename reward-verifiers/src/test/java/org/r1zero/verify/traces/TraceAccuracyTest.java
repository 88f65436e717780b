package org.r1zero.verify.traces;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.Verifiers;

/**
 * The accuracy of the language and repetition verifiers with their defaults; docs/verifiers.md has
 * the figures. {@code -Dr1zero.traces.show=true} prints the tables and every trace that is judged
 * wrongly.
 */
@Tag("slow")
class TraceAccuracyTest {

  private static final long SEED = 7;
  private static final int OF_EACH_KIND = 36;
  private static final double TARGET = 0.95;

  @Test
  void languageVerifierIsRightOnGeneratedTraces() {
    List<LabelledTrace> traces = LabelledTraces.generated(SEED, OF_EACH_KIND);
    assertThat(traces).hasSizeGreaterThan(400);
    assertThat(accuracy("language", traces, LabelledTrace::consistent)).isGreaterThan(TARGET);
  }

  @Test
  void languageVerifierIsRightOnHandmadeTraces() {
    assertThat(accuracy("language", LabelledTraces.handmade(), LabelledTrace::consistent))
        .isGreaterThan(TARGET);
  }

  @Test
  void repetitionVerifierIsRightOnGeneratedTraces() {
    List<LabelledTrace> traces = LabelledTraces.generated(SEED, OF_EACH_KIND);
    assertThat(accuracy("repetition", traces, trace -> !trace.rambling())).isGreaterThan(TARGET);
  }

  @Test
  void repetitionVerifierIsRightOnHandmadeTraces() {
    assertThat(accuracy("repetition", LabelledTraces.handmade(), trace -> !trace.rambling()))
        .isGreaterThan(TARGET);
  }

  private static double accuracy(
      String id, List<LabelledTrace> traces, Predicate<LabelledTrace> expected) {
    Verifier verifier = Verifiers.discover().create(id, JsonNodeFactory.instance.objectNode());
    Map<String, int[]> byKind = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    int right = 0;
    for (LabelledTrace trace : traces) {
      Problem problem =
          new Problem(
              trace.id(),
              "?",
              "",
              JsonNodeFactory.instance.objectNode().put("language", trace.language()));
      Verdict verdict = verifier.verify(problem, Completion.of(trace.text()));
      boolean agrees = (verdict.outcome() == Outcome.CORRECT) == expected.test(trace);
      int[] count = byKind.computeIfAbsent(trace.kind(), kind -> new int[2]);
      count[0] += agrees ? 1 : 0;
      count[1]++;
      right += agrees ? 1 : 0;
      if (!agrees) {
        wrong.add(trace.id() + " [" + trace.language() + "] " + verdict + "\n    " + trace.text());
      }
    }
    double accuracy = (double) right / traces.size();
    if (Boolean.getBoolean("r1zero.traces.show")) {
      StringBuilder table = new StringBuilder();
      table.append(
          String.format(
              Locale.ROOT, "%n%s: %d traces, %.2f %%%n", id, traces.size(), 100 * accuracy));
      byKind.forEach((kind, n) -> table.append(String.format("  %-32s %d/%d%n", kind, n[0], n[1])));
      wrong.forEach(one -> table.append(one).append('\n'));
      System.out.println(table);
    }
    return accuracy;
  }
}
