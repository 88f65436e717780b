package org.r1zero.experiment.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.r1zero.rollout.trace.RolloutTrace;

/** From completions to the numbers of an evaluation, by hand. */
class AnalysisTest {

  @Test
  void countsByProblemDifficultyBudgetAndVote() {
    List<EvaluatedSample> all = new ArrayList<>();
    all.add(sample("a", -1, true, "1", 0, 10, "stop", "12"));
    all.add(sample("b", -1, false, "2", 0, 10, "stop", "12"));
    for (int i = 0; i < 4; i++) {
      all.add(sample("a", i, i < 3, "1", i < 3 ? 0 : 1, 10 + 20 * i, "stop", "12"));
      all.add(sample("b", i, i == 0, "2", i == 0 ? 0 : -1, 64, "length", "12"));
    }
    Evaluation evaluation = Evaluation.of(all, 64);
    assertThat(evaluation.problems()).isEqualTo(2);
    assertThat(evaluation.samples()).isEqualTo(4);
    assertThat(evaluation.greedy().mean()).isEqualTo(0.5);
    assertThat(evaluation.sampled().mean()).isEqualTo((0.75 + 0.25) / 2);
    assertThat(evaluation.passAt()).containsKeys(1, 2, 4).hasSize(3);
    assertThat(evaluation.passAt().get(2)).isCloseTo((1 + 0.5) / 2, within(1e-12));
    assertThat(evaluation.meanLength()).isEqualTo((10 + 30 + 50 + 70 + 4 * 64) / 8.0);
    assertThat(evaluation.truncated()).isEqualTo(0.5);
    EvaluationDetails details = evaluation.details();
    assertThat(details.consAt().lastEntry().getValue().mean())
        .as("a: 3 of 4; b: the only vote")
        .isEqualTo(1);
    assertThat(details.tied()).isZero();
    assertThat(details.byDifficulty())
        .extracting(row -> row.difficulty() + " " + row.problems() + " " + row.sampled().mean())
        .containsExactly("1 1 0.75", "2 1 0.25");
    assertThat(details.budgets())
        .filteredOn(point -> point.tokens() == 32)
        .singleElement()
        .satisfies(
            point -> {
              assertThat(point.accuracy().mean()).as("two of a's samples").isEqualTo(0.25);
              assertThat(point.finished()).isEqualTo(0.25);
            });
    assertThat(details.budgets().get(details.budgets().size() - 1).accuracy().mean())
        .as("at the whole budget cut-off completions count as they were judged")
        .isEqualTo(0.5);
    assertThat(details.readability()).isNull();
  }

  @Test
  void readabilityIsCountedFromItsVerdicts() {
    List<EvaluatedSample> all = new ArrayList<>();
    all.add(judged("a", -1, "correct", "correct", "stop"));
    all.add(judged("a", 0, "correct", "correct", "stop"));
    all.add(judged("a", 1, "partial", "correct", "stop"));
    all.add(judged("a", 2, "correct", "incorrect", "stop"));
    all.add(judged("a", 3, "correct", "correct", "length"));
    EvaluationDetails.Readability readability =
        java.util.Objects.requireNonNull(Evaluation.of(all, 64).details().readability());
    assertThat(readability.languageMixing().mean()).isEqualTo(0.25);
    assertThat(readability.repetition().mean()).isEqualTo(0.25);
    assertThat(readability.truncated().mean()).isEqualTo(0.25);
    assertThat(readability.readable().mean()).isEqualTo(0.25);
    assertThat(readability.languageConsistency().mean()).isEqualTo((3 + 0.5) / 4);
  }

  @Test
  void aCorrectionThatTurnedRightIsCounted() {
    List<EvaluatedSample> all = new ArrayList<>();
    all.add(sample("a", 0, true, "", 0, 9, "stop", "It is 11. Wait, no, it is 12."));
    all.add(sample("a", 1, false, "", 1, 9, "stop", "It is 12. Wait, no, it is 13."));
    all.add(sample("a", 2, true, "", 0, 9, "stop", "Let me check: 12. It is 12."));
    all.add(sample("a", 3, false, "", 2, 9, "stop", "My mistake."));
    EvaluationDetails.SelfCheckRates rates = Evaluation.of(all, 64).details().selfChecks();
    assertThat(rates.verifying().mean()).isEqualTo(0.25);
    assertThat(rates.correcting().mean()).isEqualTo(0.75);
    assertThat(rates.corrected()).isEqualTo(3);
    assertThat(rates.correctedRight()).isEqualTo(1);
    assertThat(rates.wrongToRight()).isEqualTo(1);
    assertThat(rates.rightToWrong()).isEqualTo(1);
  }

  private static EvaluatedSample sample(
      String problem,
      int sample,
      boolean right,
      String difficulty,
      int vote,
      int tokens,
      String finish,
      String text) {
    return new EvaluatedSample(
        new RolloutTrace(0, problem, sample, "?", text, "12", tokens, finish, 0, Map.of(), 1),
        right,
        difficulty,
        vote < 0 ? null : "x" + vote,
        vote);
  }

  private static EvaluatedSample judged(
      String problem, int sample, String language, String repetition, String finish) {
    Map<String, RolloutTrace.VerdictTrace> verdicts = new LinkedHashMap<>();
    verdicts.put(
        Judges.PREFIX + "language",
        new RolloutTrace.VerdictTrace(language.equals("correct") ? 1 : 0.5, language, ""));
    verdicts.put(Judges.PREFIX + "repetition", new RolloutTrace.VerdictTrace(1, repetition, ""));
    verdicts.put(Judges.PREFIX + "format", new RolloutTrace.VerdictTrace(1, "correct", ""));
    return new EvaluatedSample(
        new RolloutTrace(0, problem, sample, "?", "text", "12", 9, finish, 0, verdicts, 1),
        true,
        "",
        null,
        -1);
  }
}
