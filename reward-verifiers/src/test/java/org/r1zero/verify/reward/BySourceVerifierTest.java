package org.r1zero.verify.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierContractTest;

class BySourceVerifierTest extends VerifierContractTest {

  private static final String SOURCES =
      "\"sources\": {\"openai/gsm8k\": \"number\", \"style\": {\"verifier\": \"length\","
          + " \"options\": {\"max\": 20, \"cache\": 10, \"unit\": \"characters\"}}}";

  @Override
  protected Verifier create() {
    return verifier("{" + SOURCES + "}");
  }

  @Override
  protected Problem problem() {
    return problem("openai/gsm8k");
  }

  @Override
  protected List<Completion> right() {
    return List.of(Completion.of("<answer>72</answer>"));
  }

  @Override
  protected List<Completion> wrong() {
    return List.of(Completion.of("<answer>7</answer>"));
  }

  @Test
  void eachSourceHasItsVerifier() {
    Verifier verifier = create();
    assertThat(verifier.range()).isEqualTo(new ScoreRange(-1, 1));
    assertThat(verifier.failureScore()).isZero();
    Completion text = Completion.of("it is about <answer>72</answer>");
    assertThat(verifier.verify(problem("openai/gsm8k"), text).score()).isEqualTo(1);
    assertThat(verifier.verify(problem("style"), text).score()).isEqualTo(-1);
  }

  @Test
  void otherSourcesAreFaultsOfTheDataUnlessSomethingJudgesThem() {
    assertThatThrownBy(() -> create().check(problem("openai/gsm8")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sources do not name the data_source 'openai/gsm8' of problem p")
        .hasMessageContaining("'openai/gsm8k'")
        .hasMessageContaining("they name openai/gsm8k, style");
    assertThatThrownBy(() -> create().check(problem("")))
        .hasMessageContaining("problem p has no data_source");
    Verifier all = verifier("{" + SOURCES + ", \"default\": \"number\"}");
    assertThat(all.verify(problem("x"), Completion.of("<answer>72</answer>")).outcome())
        .isEqualTo(Outcome.CORRECT);
    Verifier some = verifier("{" + SOURCES + ", \"default\": \"none\"}");
    some.check(problem("x"));
    assertThat(some.verify(problem("x"), Completion.of("?")).outcome())
        .isEqualTo(Outcome.NOT_APPLICABLE);
  }

  @Test
  void namesEveryFaultOfItsOptions() {
    assertThatThrownBy(() -> verifier("{}")).hasMessageContaining("'sources' must be a mapping");
    assertThatThrownBy(
            () ->
                verifier(
                    "{\"sources\": {\"a\": \"numbr\", \"b\": {\"name\": \"math\"},"
                        + " \"c\": {\"verifier\": \"number\", \"options\": {\"x\": 1}}}, \"els\": 1}"))
        .hasMessageContaining("'sources.a': no verifier 'numbr'")
        .hasMessageContaining("'sources.b' must be a verifier's name")
        .hasMessageContaining("'sources.c': verifier 'number': unknown option 'x'")
        .hasMessageContaining("unknown option 'els'");
  }

  private static Verifier verifier(String options) {
    try {
      return new BySourceVerifier.Provider().create(new ObjectMapper().readTree(options));
    } catch (JsonProcessingException e) {
      throw new AssertionError(options, e);
    }
  }

  private static Problem problem(String source) {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    if (!source.isEmpty()) {
      data.put("data_source", source);
    }
    return new Problem("p", "?", "72", data);
  }
}
