package org.r1zero.verify.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifiers;
import org.r1zero.verify.reward.WeightedReward.Term;

class WeightedRewardTest {

  private static final Problem PROBLEM = new Problem("reward/1", "?", "72");
  private static final ScoreRange PENALTY = new ScoreRange(-1, 0);

  @Test
  void aProcessMakesTheVerifiersOfARewardOnceHoweverOftenItIsSent() throws Exception {
    PortableReward reward =
        new PortableReward(List.of(RewardEntry.of("number")), ScoringConfig.defaults());
    WeightedReward made = sent(reward).open();
    assertThat(sent(reward).open()).isSameAs(made);
    assertThat(
            sent(new PortableReward(List.of(RewardEntry.of("number")), new ScoringConfig(0, 9, 1)))
                .open())
        .isNotSameAs(made);
    assertThat(
            sent(new PortableReward(List.of(RewardEntry.of("math")), ScoringConfig.defaults()))
                .open())
        .isNotSameAs(made);
  }

  private static PortableReward sent(PortableReward reward) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(reward);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (PortableReward) in.readObject();
    }
  }

  @Test
  void sumsWeightedScoresAndKeepsEveryVerdict() {
    WeightedReward reward =
        new WeightedReward(
            List.of(
                new Term("accuracy", new Fixed("a", Outcome.CORRECT, 1), 1, false),
                new Term("format", new Fixed("b", Outcome.PARTIAL, 0.5), 0.2, false),
                new Term("length", new Fixed("c", Outcome.INCORRECT, -0.25, PENALTY), 0.4, false)));
    Reward scored = reward.score(PROBLEM, Completion.of("x"));
    assertThat(scored.total()).isEqualTo(1 + 0.1 - 0.1, within(1e-12));
    assertThat(scored.verdicts()).containsOnlyKeys("accuracy", "format", "length");
    assertThat(scored.verdicts().keySet()).containsExactly("accuracy", "format", "length");
    assertThat(scored.isCorrect("accuracy")).isTrue();
    assertThat(scored.isCorrect("format")).isFalse();
    assertThat(scored.isFailed()).isFalse();
    assertThatThrownBy(() -> scored.isCorrect("code")).hasMessageContaining("no verifier code");
  }

  // Accuracy 1 at weight 1, format at weight 0.5 as the gate, a penalty of -0.25 at weight 2.
  @ParameterizedTest
  @CsvSource({
    "CORRECT,     1,   1.0",
    "INCORRECT,   0,  -0.5",
    "PARTIAL,     1,  -0.5",
    "UNPARSEABLE, 0,  -0.5",
    "ERROR,       0,  -0.5",
    "TIMEOUT,     0,  -0.5",
  })
  void aGateThatIsNotPassedTakesWhatWasEarnedAndLeavesPenalties(
      Outcome outcome, double score, double total) {
    WeightedReward reward =
        new WeightedReward(
            List.of(
                new Term("accuracy", new Fixed("a", Outcome.CORRECT, 1), 1, false),
                new Term("format", new Fixed("b", outcome, score), 0.5, true),
                new Term("length", new Fixed("c", Outcome.PARTIAL, -0.25, PENALTY), 2, false)));
    assertThat(reward.score(PROBLEM, Completion.of("x")).total()).isEqualTo(total, within(1e-12));
  }

  @Test
  void aNegativeWeightIsAPenaltyThatGatesLeave() {
    WeightedReward reward =
        new WeightedReward(
            List.of(
                new Term("gate", new Fixed("a", Outcome.INCORRECT, 0), 1, true),
                new Term("rambling", new Fixed("b", Outcome.CORRECT, 1), -0.3, false)));
    assertThat(reward.score(PROBLEM, Completion.of("x")).total()).isEqualTo(-0.3, within(1e-12));
  }

  @Test
  void whatAnEnvironmentPaidIsKnownByItsWeightUnlessAGateIsClosed() {
    Completion won =
        new Completion("x", 1, FinishReason.STOP, new Completion.Transcript("all", 3, 0.5));
    Verifiers known = Verifiers.discover();
    ObjectNode sources = JsonNodeFactory.instance.objectNode().put("default", "environment");
    sources.putObject("sources").put("other", "number");
    Term paid =
        new Term(
            "environment",
            known.create("environment", JsonNodeFactory.instance.objectNode()),
            2,
            false);
    Term bySource = new Term("by_source", known.create("by_source", sources), 3, false);
    Term exact = new Term("exact", new Fixed("a", Outcome.CORRECT, 1), 4, false);
    Term shut = new Term("shut", new Fixed("b", Outcome.INCORRECT, 0), 1, true);
    Reward reward = new WeightedReward(List.of(paid, bySource, exact)).score(PROBLEM, won);
    assertThat(reward.total()).isEqualTo(0.5 * 2 + 0.5 * 3 + 4);
    assertThat(reward.perPaid()).isEqualTo(5);
    assertThat(new WeightedReward(List.of(paid, shut)).score(PROBLEM, won))
        .extracting(Reward::total, Reward::perPaid)
        .containsExactly(0.0, 0.0);
    Completion tooMuch =
        new Completion("x", 1, FinishReason.STOP, new Completion.Transcript("all", 3, 7));
    assertThat(new WeightedReward(List.of(paid)).score(PROBLEM, tooMuch).perPaid()).isZero();
  }

  @Test
  void allGatesHaveToBePassed() {
    Term open = new Term("one", new Fixed("a", Outcome.CORRECT, 1), 1, true);
    Term shut = new Term("two", new Fixed("b", Outcome.INCORRECT, 0), 1, true);
    assertThat(total(open)).isEqualTo(1);
    assertThat(total(open, shut)).isZero();
    assertThat(total(shut, open)).isZero();
  }

  @Test
  void makesTheVerifiersOfARecipe() {
    ObjectNode soft = JsonNodeFactory.instance.objectNode().put("mode", "soft");
    WeightedReward reward =
        WeightedReward.of(
            List.of(
                RewardEntry.of("number"),
                new RewardEntry("format", "", 0.5, true, JsonNodeFactory.instance.objectNode()),
                new RewardEntry("format", "soft_format", 0.1, false, soft)),
            Verifiers.discover(),
            ScoringConfig.defaults());
    Reward good = reward.score(PROBLEM, Completion.of("<think>70+2</think> <answer>72</answer>"));
    assertThat(good.total()).isEqualTo(1.6, within(1e-12));
    assertThat(good.verdicts().keySet()).containsExactly("number", "format", "soft_format");
    Reward gated = reward.score(PROBLEM, Completion.of("<answer>72</answer>"));
    assertThat(gated.total()).isZero();
    assertThat(gated.isCorrect("number")).isTrue();
    assertThat(gated.verdicts().values()).extracting(Verdict::score).containsExactly(1.0, 0.0, 0.5);
  }

  @Test
  void refusesNoTermAndTwoOfOneName() {
    assertThatThrownBy(() -> new WeightedReward(List.of()))
        .hasMessageContaining("at least one verifier");
    Term term = new Term("format", new Fixed("format", Outcome.CORRECT, 1), 1, false);
    assertThatThrownBy(() -> new WeightedReward(List.of(term, term)))
        .hasMessage("two rewards are called 'format'; give one of them another 'name'");
  }

  @Test
  void entriesCheckTheirValues() {
    ObjectNode none = JsonNodeFactory.instance.objectNode();
    assertThatThrownBy(() -> new RewardEntry("format", "", Double.NaN, false, none))
        .hasMessage("weight must be a finite number, was NaN");
    assertThatThrownBy(() -> new RewardEntry("format", "My Format", 1, false, none))
        .hasMessageContaining("name must be lower case letters");
    assertThat(new RewardEntry("format", "soft", 1, false, none).column()).isEqualTo("soft");
    assertThat(RewardEntry.of("format").column()).isEqualTo("format");
  }

  private static double total(Term... terms) {
    return new WeightedReward(List.of(terms)).score(PROBLEM, Completion.of("x")).total();
  }
}
