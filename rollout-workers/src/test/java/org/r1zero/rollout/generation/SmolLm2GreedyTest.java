package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.grpo.model.weights.ModelDirectory;

/**
 * A real model's greedy text against transformers: reader, tokenizer, network and cache at once.
 */
@EnabledIfEnvironmentVariable(
    named = "R1ZERO_TEST_MODEL",
    matches = ".+",
    disabledReason = "needs the folder that tools/models/make_smollm2.sh writes")
@Tag("slow")
class SmolLm2GreedyTest {
  private static final float TOLERANCE = 1e-3f;

  @Test
  void greedyTextEqualsTransformers() throws Exception {
    Path folder = Path.of(System.getenv("R1ZERO_TEST_MODEL"));
    JsonNode golden = Golden.load("generation/smollm2-greedy");
    assertThat(sha256(folder.resolve("model.safetensors")))
        .as(
            "the golden was made with another model.safetensors; make the model with"
                + " tools/models/make_smollm2.sh, or the golden with make_smollm2_golden.py")
        .isEqualTo(golden.get("model_sha256").asText());
    ModelDirectory directory = ModelDirectory.open(folder);
    try (Tokenizer tokenizer = Tokenizer.open(folder);
        PolicyModel policy =
            new PolicyModel(directory.config(), directory, ComputeType.FLOAT32, Device.cpu());
        Generator generator = new Generator(policy)) {
      List<GenerationRequest> requests = new ArrayList<>();
      for (JsonNode c : golden.get("cases")) {
        int[] prompt = tokenizer.encodePrompt(c.get("prompt").asText());
        assertThat(prompt).containsExactly(ints(c.get("prompt_ids")));
        requests.add(new GenerationRequest(prompt, new long[] {1}));
      }
      assertThat(requests).hasSize(5);
      // fewer rows than prompts: some wait, and take the rows of those that ended
      SamplingConfig greedy = new SamplingConfig(0, 0, 1, 0, 64, List.of(), 3);
      List<List<Generation>> generated =
          generator.generate(
              requests,
              greedy,
              (tokens, length) ->
                  tokenizer.specialTokens().endOfSequence().contains(tokens[length - 1]));
      for (int i = 0; i < requests.size(); i++) {
        assertEqualsTransformers(golden.get("cases").get(i), generated.get(i).get(0), tokenizer);
      }
    }
  }

  private static void assertEqualsTransformers(
      JsonNode expected, Generation actual, Tokenizer tokenizer) {
    int[] tokens = ints(expected.get("tokens"));
    OptionalInt differs =
        IntStream.range(0, Math.min(tokens.length, actual.tokens().length))
            .filter(t -> tokens[t] != actual.tokens()[t])
            .findFirst();
    assertThat(differs).as("first token that differs after %s", expected.get("prompt")).isEmpty();
    assertThat(actual.tokens()).hasSize(tokens.length);
    assertThat(tokenizer.decode(actual.tokens())).isEqualTo(expected.get("text").asText());
    for (int t = 0; t < tokens.length; t++) {
      assertThat(actual.policyLogProbs()[t])
          .as("log-prob of token %d", t)
          .isCloseTo((float) expected.get("log_probs").get(t).asDouble(), within(TOLERANCE));
    }
  }

  private static int[] ints(JsonNode node) {
    int[] values = new int[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = node.get(i).asInt();
    }
    return values;
  }

  private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
