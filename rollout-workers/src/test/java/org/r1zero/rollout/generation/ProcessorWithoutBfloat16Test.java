package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.TokenBatch;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/** Sampling in bf16 where oneDNN has no kernels for it: a JVM that is told of AVX2 only. */
class ProcessorWithoutBfloat16Test {
  @TempDir Path folder;

  /** Samples, and prints how far the log-probs are from those that fp32 computes. */
  static final class Sampling {
    private Sampling() {}

    /** Takes the model's folder. */
    public static void main(String[] args) {
      ModelDirectory model = ModelDirectory.open(Path.of(args[0]));
      int[] prompt = {5, 7, 11, 13};
      double worst = 0;
      try (PolicyModel narrow =
              new PolicyModel(model.config(), model, ComputeType.BFLOAT16, Device.cpu());
          PolicyModel exact =
              new PolicyModel(model.config(), model, ComputeType.FLOAT32, Device.cpu());
          Generator generator = new Generator(narrow);
          Scope scope = Torch.openScope(Device.cpu())) {
        List<Generation> sampled =
            generator
                .generate(
                    List.of(new GenerationRequest(prompt, new long[] {1, 2, 3})),
                    new SamplingConfig(1, 0, 1, 0, 20, List.of(), 2),
                    (tokens, length) -> false)
                .get(0);
        for (Generation generation : sampled) {
          TokenBatch batch =
              TokenBatch.pairs(new int[][] {prompt}, new int[][] {generation.tokens()});
          float[] expected = exact.logProbs(batch, 1, scope).values();
          for (int t = 0; t < expected.length; t++) {
            worst = Math.max(worst, Math.abs(expected[t] - generation.policyLogProbs()[t]));
          }
        }
        System.out.println("sampled " + sampled.size() + " worst " + worst);
      }
    }
  }

  @Test
  void samplingIsRightAndSaysThatItIsSlower() throws Exception {
    Golden.unpack("model/llama-gqa-tied", folder);
    ProcessBuilder java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Sampling.class.getName(),
                folder.toString())
            .redirectErrorStream(true);
    java.environment().put("ONEDNN_MAX_CPU_ISA", "AVX2");
    Process process = java.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(said)
        .containsOnlyOnce("this processor has no packed products in bfloat16")
        .containsPattern("sampled 3 worst 0\\.[01]");
    assertThat(process.exitValue()).isZero();
  }
}
