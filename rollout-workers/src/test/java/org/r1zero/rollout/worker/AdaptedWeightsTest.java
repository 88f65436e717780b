package org.r1zero.rollout.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.LoraConfig;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.OptimizerConfig;
import org.r1zero.grpo.torch.Torch;

@Tag("slow")
class AdaptedWeightsTest {
  private static final int FROZEN = 0;
  private static final int THERE = 1;
  private static final int HERE = 2;

  @TempDir private Path folder;
  @TempDir private Path blocks;

  @AfterEach
  void oneThread() {
    Torch.setThreads(1);
  }

  /** Machines add up with other numbers of threads than whoever trains. */
  @ParameterizedTest
  @EnumSource(ComputeType.class)
  void theBlockIsTheSameWithAnyNumberOfThreads(ComputeType type) throws IOException {
    try (Tokenizer tokenizer = TinyModelFolder.write(folder, 100, 256);
        PolicyModel plain = TinyModelFolder.policy(folder, 3, ComputeType.FLOAT32)) {
      assertThat(tokenizer).isNotNull();
      for (int rank : new int[] {3, 16}) {
        LoraConfig lora = new LoraConfig(rank, 32, List.of("all-linear"));
        try (PolicyModel adapted =
            new PolicyModel(plain.config(), plain::tensor, type, Device.cpu(), lora, 1)) {
          update(adapted, 1e-2, 3);
          requireTheSame(adapted, lora);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 767, 769})
  void anotherCountOfNumbersIsNoAdapter(int bytes) throws IOException {
    LoraConfig lora = new LoraConfig(2, 8, List.of("v_proj"));
    try (Tokenizer tokenizer = TinyModelFolder.write(folder, 100);
        PolicyModel plain = TinyModelFolder.policy(folder, 3, ComputeType.FLOAT32);
        FileWeights weights = new FileWeights(blocks, plain, 1)) {
      assertThat(tokenizer).isNotNull();
      weights.write(0, 0, plain);
      try (AdaptedWeights sum =
          new AdaptedWeights(weights.files().get(0), plain.config(), ComputeType.FLOAT32, lora)) {
        assertThatThrownBy(() -> sum.with(new ByteArrayInputStream(new byte[bytes])))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("came damaged");
      }
    }
  }

  /** The same of a real model, and what is sent in place of what. */
  @ParameterizedTest
  @CsvSource({
    "BFLOAT16,q_proj v_proj",
    "BFLOAT16,all-linear",
    "FLOAT32,q_proj v_proj",
    "FLOAT32,all-linear"
  })
  @EnabledIfEnvironmentVariable(named = "R1ZERO_TEST_MODEL", matches = ".+")
  @Tag("long")
  void theBlockOfARealModelIsTheSameToo(ComputeType type, String targets) throws IOException {
    LoraConfig lora = new LoraConfig(16, 32, List.of(targets.split(" ")));
    ModelDirectory model = ModelDirectory.open(Path.of(System.getenv("R1ZERO_TEST_MODEL")));
    try (PolicyModel adapted =
        new PolicyModel(model.config(), model, type, Device.cpu(), lora, 1)) {
      update(adapted, 2e-4, 5);
      requireTheSame(adapted, lora);
    }
  }

  private static void update(PolicyModel policy, double rate, int times) {
    Random random = new Random(5);
    try (AdamW optimizer = new AdamW(OptimizerConfig.defaults(), policy.parameters())) {
      for (int i = 0; i < times; i++) {
        for (Parameter parameter : policy.parameters()) {
          float[] values = new float[(int) parameter.value().size()];
          for (int n = 0; n < values.length; n++) {
            values[n] = (float) random.nextGaussian();
          }
          Torch.assign(parameter.gradient(), values);
        }
        optimizer.step(rate);
      }
    }
  }

  private void requireTheSame(PolicyModel adapted, LoraConfig lora) throws IOException {
    Path file = blocks.resolve("adapters");
    Path delta = blocks.resolve("delta");
    try (FileWeights weights = new FileWeights(blocks, adapted, 3);
        PolicyModel base = adapted.base()) {
      weights.write(FROZEN, 0, base);
      Torch.setThreads(2);
      weights.write(HERE, 0, adapted);
      update(adapted, 2e-4, 1);
      weights.write(THERE, 1, adapted);
      long checksum = FileWeights.checksum(weights.files().get(THERE));
      assertThat(checksum).isNotEqualTo(FileWeights.checksum(weights.files().get(HERE)));
      AdaptedWeights.write(adapted, file);
      assertThat(file).hasSize(AdaptedWeights.bytes(adapted));
      long bytes = FileWeights.blockBytes(weights.files().get(THERE));
      long started = System.nanoTime();
      long changes =
          weights
              .delta()
              .write(
                  weights.files().get(HERE), weights.files().get(THERE), bytes, delta, bytes / 2);
      long found = System.nanoTime();
      try (AdaptedWeights sum =
          new AdaptedWeights(
              weights.files().get(FROZEN), adapted.config(), adapted.computeType(), lora)) {
        StringBuilder times = new StringBuilder();
        for (int threads = 1; threads <= 5; threads++) {
          Torch.setThreads(threads);
          long begun = System.nanoTime();
          try (InputStream in = Files.newInputStream(file)) {
            weights.write(HERE, 1, sum.with(in));
          }
          times.append(' ').append((System.nanoTime() - begun) / 1_000_000);
          assertThat(FileWeights.checksum(weights.files().get(HERE)))
              .as("%d threads, rank %d", threads, lora.r())
              .isEqualTo(checksum);
        }
        System.out.printf(
            "%s, rank %d of %s: whole %,d bytes, changes %,d (found in %d ms), adapters %,d, added"
                + " up with 1 to 5 threads in%s ms%n",
            adapted.computeType(),
            lora.r(),
            lora.targetModules(),
            bytes,
            changes,
            (found - started) / 1_000_000,
            Files.size(file),
            times);
      }
    }
  }
}
