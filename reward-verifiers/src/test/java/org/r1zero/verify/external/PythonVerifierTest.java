package org.r1zero.verify.external;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierContractTest;
import org.r1zero.verify.reward.Reward;
import org.r1zero.verify.reward.WeightedReward;

/** Reward functions as users of verl, TRL and OpenRLHF have them. */
@Timeout(300)
@Tag("slow")
class PythonVerifierTest extends VerifierContractTest {

  private static final String FOLDER = "src/test/resources/org/r1zero/verify/external/rewards/";

  @Override
  protected Verifier create() {
    return verifier("misbehaving.py", "");
  }

  @Override
  protected Problem problem() {
    return problem("72", "{}");
  }

  @Override
  protected List<Completion> right() {
    return List.of(Completion.of("72"));
  }

  @Override
  protected List<Completion> wrong() {
    return List.of(Completion.of("73"));
  }

  @Override
  protected int manyTexts() {
    return 300;
  }

  @Test
  void callsVerlsFunction() {
    Verifier verifier = verifier("verl_score.py", "");
    Problem gsm8k = problem("72", "{\"data_source\": \"openai/gsm8k\"}");
    assertThat(judge(verifier, gsm8k, "so #### 72")).isEqualTo(new Verdict(1, Outcome.CORRECT, ""));
    assertThat(judge(verifier, gsm8k, "so #### 70"))
        .isEqualTo(new Verdict(0.1, Outcome.PARTIAL, ""));
    assertThat(judge(verifier, gsm8k, "so 72")).isEqualTo(new Verdict(0, Outcome.INCORRECT, ""));
    Problem asDict =
        problem(
            "nothing",
            "{\"data_source\": \"made/up\", \"ground_truth\": \"72.0\","
                + " \"extra_info\": {\"as_dict\": true}}");
    assertThat(judge(verifier, asDict, "#### 72"))
        .isEqualTo(new Verdict(1, Outcome.CORRECT, "72", Map.of("acc", 1.0, "length", 7.0)));
    assertThat(judge(verifier, asDict, "#### 7").score()).isEqualTo(-1);
    Verdict other = judge(verifier, problem("72", "{}"), "#### 72");
    assertThat(other.outcome()).isEqualTo(Outcome.ERROR);
    assertThat(other.reason())
        .isEqualTo(
            "line 22, in compute_score: NotImplementedError: Reward function is not implemented for"
                + " data_source=''");
  }

  @Test
  void passesMoreArguments() {
    Verifier verifier = verifier("verl_score.py", ", \"kwargs\": {\"method\": \"flexible\"}");
    Problem gsm8k = problem("72", "{\"data_source\": \"openai/gsm8k\"}");
    assertThat(judge(verifier, gsm8k, "so 72").outcome()).isEqualTo(Outcome.CORRECT);
    assertFault("verl_score.py", ", \"kwargs\": {\"mode\": 1}", "takes no mode");
  }

  @Test
  void oneBadCompletionDoesNotSpoilItsBatch() {
    Verifier verifier =
        verifier("verl_batch.py", ", \"batch\": 8, \"processes\": 1, \"kwargs\": {\"bonus\": 0.5}");
    List<String> texts = new ArrayList<>();
    IntStream.range(0, 60)
        .forEach(i -> texts.add(i == 17 ? "crash" : i == 33 ? "raise" : i % 2 == 0 ? "72" : "x"));
    List<Verdict> verdicts =
        texts.parallelStream().map(text -> judge(verifier, problem(), text)).toList();
    for (int i = 0; i < texts.size(); i++) {
      switch (texts.get(i)) {
        case "crash" ->
            assertThat(verdicts.get(i).reason()).startsWith("the program ended with exit code 7");
        case "raise" ->
            assertThat(verdicts.get(i).reason())
                .isEqualTo("line 11, in compute_score: ValueError: one bad completion");
        default ->
            assertThat(verdicts.get(i).score())
                .as("%d: %s", i, verdicts.get(i))
                .isEqualTo(texts.get(i).equals("72") ? 1.5 : 0.5);
      }
    }
  }

  @Test
  void awaitsAsyncFunctions() {
    Verifier verl = verifier("verl_async.py", ", \"batch\": 4");
    assertThat(judge(verl, problem(), "72").score()).isEqualTo(1);
    assertThat(judge(verl, problem(), "raise").reason())
        .endsWith("RuntimeError: the server said 503");
    assertThat(judge(trl("slow_reward", ""), problem(), "x"))
        .isEqualTo(new Verdict(0.5, Outcome.PARTIAL, ""));
  }

  @Test
  void callsTrlsFunctions() {
    Problem chat =
        problem(
            "72",
            "{\"prompt\": [{\"role\": \"user\", \"content\": \"How many?\"}], \"solution\": \"72\"}");
    Verifier accuracy = trl("accuracy_reward", "");
    accuracy.check(chat);
    assertThat(judge(accuracy, chat, "It is 72").score()).isEqualTo(1);
    assertThat(judge(accuracy, chat, "It is 73").outcome()).isEqualTo(Outcome.INCORRECT);
    assertThat(
            judge(trl("format_reward", ""), chat, "<think>\na\n</think>\n<answer>\n1\n</answer>"))
        .isEqualTo(new Verdict(1, Outcome.CORRECT, ""));
    assertThat(judge(trl("with_prompts", ""), chat, "72").score()).isEqualTo(2);
    assertThat(judge(trl("reward_len", ""), problem(), "12345").score()).isEqualTo(-15);
    assertThat(judge(trl("rubric", ""), problem(), "x").score()).isEqualTo(0.25);
    assertThat(judge(trl("logs", ""), problem(), "x").score()).isEqualTo(1);
  }

  @Test
  void saysWhatChatFunctionsNeedWhereThereIsNoChat() {
    Verdict verdict = judge(trl("format_reward", ""), problem(), "x");
    assertThat(verdict.reason())
        .contains("TypeError: string indices must be integers")
        .endsWith("(if it expects chat messages, set the option completions: chat)");
    Verifier chat = trl("accuracy_reward", ", \"completions\": \"chat\"");
    assertThat(judge(chat, problem(), "so 72").outcome()).isEqualTo(Outcome.CORRECT);
  }

  @Test
  void noneIsNotApplicable() {
    Verifier accuracy = trl("accuracy_reward", ", \"completions\": \"chat\"");
    Problem text = problem("a poem", "{}");
    Verdict none = judge(accuracy, text, "roses");
    assertThat(none)
        .isEqualTo(new Verdict(0, Outcome.NOT_APPLICABLE, "the function returned None"));
    assertThat(none.outcome().isFailure()).isFalse();
    WeightedReward reward =
        new WeightedReward(
            List.of(
                new WeightedReward.Term("accuracy", accuracy, 1, true),
                new WeightedReward.Term("len", trl("slow_reward", ""), 2, false)));
    Reward of = reward.score(text, Completion.of("roses"));
    assertThat(of.total()).as("a gate that says nothing is open").isEqualTo(1);
    assertThat(of.isFailed()).isFalse();
    Reward alone =
        new WeightedReward(List.of(new WeightedReward.Term("accuracy", accuracy, 1, false)))
            .score(text, Completion.of("roses"));
    assertThat(alone.isFailed()).as("nobody judged it").isTrue();
  }

  @Test
  void findsColumnsThatAreMissingAtTheStart() {
    Verifier verifier = trl("needs_level", "");
    verifier.check(problem("1", "{\"level\": \"easy\"}"));
    assertThatThrownBy(() -> verifier.check(problem("1", "{\"difficulty\": 2}")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "needs the column 'level', which problem p/1 does not have; it has difficulty");
    assertThat(judge(verifier, problem("1", "{\"level\": \"hard\"}"), "x").outcome())
        .as("NaN is TRL's None")
        .isEqualTo(Outcome.NOT_APPLICABLE);
  }

  @Test
  void findsFunctionsThatAlwaysFailAtTheStart() {
    assertThatThrownBy(() -> trl("format_reward", "").check(problem()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fails on the reference answer of problem p/1")
        .hasMessageContaining("completions: chat");
    assertThatThrownBy(() -> trl("short_list", "").check(problem()))
        .hasMessageContaining("the function returned [], expected a list of 1");
    assertThatThrownBy(() -> trl("words", "").check(problem()))
        .hasMessageContaining("the function returned 'good', expected a number");
  }

  @Test
  void callsOpenRlhfsFunctions() {
    Verifier verifier = verifier("openrlhf_reward.py", "");
    assertThat(judge(verifier, problem(), " 72"))
        .isEqualTo(new Verdict(1, Outcome.CORRECT, "", Map.of("scores", 1.0, "dummy_scores", 1.0)));
    assertThat(judge(verifier, problem(), " 7"))
        .isEqualTo(
            new Verdict(-1, Outcome.INCORRECT, "", Map.of("scores", 0.0, "dummy_scores", -1.0)));
    assertThat(
            judge(verifier("openrlhf_reward.py", ", \"function\": \"plain\""), problem(), "72")
                .outcome())
        .isEqualTo(Outcome.CORRECT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "exit  | ERROR          | line 12, in compute_score: SystemExit: 3",
        "die   | ERROR          | the program ended with exit code 9, saying: no more memory",
        "key   | ERROR          | line 24, in compute_score: KeyError: 'answer'",
        "nan   | ERROR          | the function returned nan, expected a finite number",
        "text  | ERROR          | the function returned 'good', expected a number",
        "dict  | ERROR          | the function returned a dict without 'score': {'reward': 1}",
        "none  | NOT_APPLICABLE | the function returned None",
        "big   | ERROR          | the function returned 5.0, which is not in [-1.0, 1.0]",
      })
  void failuresAreErrorsAndTheNextVerdictIsRight(String text, Outcome outcome, String reason) {
    Verifier verifier = verifier("misbehaving.py", ", \"min\": -1, \"max\": 1, \"processes\": 1");
    Verdict verdict = judge(verifier, problem(), text);
    assertThat(verdict.outcome()).as("%s", verdict).isEqualTo(outcome);
    assertThat(verdict.reason()).isEqualTo(reason);
    assertThat(verdict.score()).isEqualTo(outcome == Outcome.ERROR ? -1 : 0);
    assertThat(judge(verifier, problem(), "72").outcome()).isEqualTo(Outcome.CORRECT);
    assertThat(judge(verifier, problem(), "tuple").score()).isEqualTo(0.5);
  }

  @Test
  void whatTheFunctionPrintsIsNoAnswer() {
    Verifier verifier = verifier("misbehaving.py", ", \"processes\": 1");
    for (int i = 0; i < 3; i++) {
      assertThat(judge(verifier, problem(), "stdout"))
          .isEqualTo(new Verdict(0, Outcome.INCORRECT, ""));
      assertThat(judge(verifier, problem(), "72").score()).isEqualTo(1);
    }
  }

  @Test
  void aFunctionThatHangsIsKilledWithItsChildren() throws InterruptedException {
    Verifier verifier =
        verifier(
            "misbehaving.py",
            ", \"processes\": 1, \"timeout_seconds\": 1, \"start_timeout_seconds\": 30");
    judge(verifier, problem(), "72");
    assertThat(judge(verifier, problem(), "hang").outcome()).isEqualTo(Outcome.TIMEOUT);
    for (int i = 0; i < 100 && sleepers() > 0; i++) {
      Thread.sleep(100);
    }
    assertThat(sleepers()).as("processes left").isZero();
    assertThat(judge(verifier, problem(), "72").outcome()).isEqualTo(Outcome.CORRECT);
  }

  private static long sleepers() {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains("sleep 973"))
        .count();
  }

  @Test
  void saysWhatIsWrongAtTheStart() {
    assertFault("missing.py", "", "there is no file", "missing.py");
    assertFault("broken_syntax.py", "", "line 1: SyntaxError:");
    assertFault(
        "broken_import.py",
        "",
        "line 1, in <module>: ModuleNotFoundError: No module named 'no_such_module_of_anybody'",
        "another Python by the option python");
    assertFault("broken_top.py", "", "line 2, in <module>: KeyError: 'limit'");
    assertFault("no_function.py", "", "there is no function of the form compute_score(");
    assertFault(
        "no_function.py", ", \"function\": \"score\"", "function 'score' takes (text); expected");
    assertFault(
        "no_function.py",
        ", \"function\": \"reward\"",
        "there is no function 'reward'; functions there: score");
    assertFault("trl_rewards.py", "", "name one of its functions", "accuracy_reward");
    assertFault("trl_rewards.py", ", \"function\": \"Rubric\"", "'Rubric' is a class");
    assertFault("trl_rewards.py", ", \"function\": \"needs_ids\"", "needs 'completion_ids'");
    assertFault(
        "verl_score.py", ", \"python\": \"/no/such/python\"", "can't start /no/such/python");
    assertFault("verl_score.py", ", \"kwargs\": 3", "'kwargs' must be a mapping");
    assertThatThrownBy(() -> new PythonVerifier.Provider().create(tree("{}")))
        .hasMessageContaining("'file' must name a Python file");
  }

  private static void assertFault(String file, String options, String... parts) {
    ThrowingCallable making = () -> verifier(file, options);
    assertThatThrownBy(making)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("verifier 'python': ")
        .hasMessageContainingAll(parts);
  }

  private static Verifier trl(String function, String options) {
    return verifier("trl_rewards.py", ", \"function\": \"" + function + "\"" + options);
  }

  private static Verifier verifier(String file, String options) {
    return new PythonVerifier.Provider()
        .create(tree("{\"file\": \"" + FOLDER + file + "\"" + options + "}"));
  }

  private static Verdict judge(Verifier verifier, Problem problem, String text) {
    return verifier.verify(problem, Completion.of(text));
  }

  private static Problem problem(String gold, String data) {
    return new Problem("p/1", "How many?", gold, tree(data));
  }

  private static ObjectNode tree(String json) {
    try {
      return (ObjectNode) new ObjectMapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError(json, e);
    }
  }
}
