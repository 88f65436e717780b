package org.r1zero.grpo.model.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.DecoderConfig.Family;
import org.r1zero.grpo.model.RopeScaling;
import org.r1zero.grpo.model.WeightNames;

/**
 * The {@code config.json} files that real models are published with, and what transformers 5 writes
 * for the same models.
 */
class PublishedConfigsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"qwen2.5-0.5b", "qwen2.5-0.5b-transformers5"})
  void qwen25(String name) throws IOException {
    assertThat(read(name))
        .isEqualTo(
            new DecoderConfig(
                Family.QWEN2,
                151936,
                896,
                4864,
                24,
                14,
                2,
                64,
                1e-6,
                1e6,
                new RopeScaling.None(),
                32768,
                true,
                true,
                false,
                false,
                false));
  }

  @ParameterizedTest
  @CsvSource({"qwen3-0.6b", "qwen3-0.6b-transformers5"})
  void qwen3(String name) throws IOException {
    assertThat(read(name))
        .isEqualTo(
            new DecoderConfig(
                Family.QWEN3,
                151936,
                1024,
                3072,
                28,
                16,
                8,
                128,
                1e-6,
                1e6,
                new RopeScaling.None(),
                40960,
                true,
                false,
                false,
                false,
                true));
  }

  @ParameterizedTest
  @CsvSource({"llama-3.2-1b", "llama-3.2-1b-transformers5"})
  void llama32(String name) throws IOException {
    assertThat(read(name))
        .isEqualTo(
            new DecoderConfig(
                Family.LLAMA,
                128256,
                2048,
                8192,
                16,
                32,
                8,
                64,
                1e-5,
                5e5,
                new RopeScaling.Llama3(32, 1, 4, 8192),
                131072,
                true,
                false,
                false,
                false,
                false));
  }

  @Test
  void tinyLlama() throws IOException {
    assertThat(read("tinyllama-1.1b"))
        .isEqualTo(
            new DecoderConfig(
                Family.LLAMA,
                32000,
                2048,
                5632,
                22,
                32,
                4,
                64,
                1e-5,
                1e4,
                new RopeScaling.None(),
                2048,
                false,
                false,
                false,
                false,
                false));
  }

  @Test
  void smolLm2() throws IOException {
    assertThat(read("smollm2-135m"))
        .isEqualTo(
            new DecoderConfig(
                Family.LLAMA,
                49152,
                576,
                1536,
                30,
                9,
                3,
                64,
                1e-5,
                1e5,
                new RopeScaling.None(),
                8192,
                true,
                false,
                false,
                false,
                false));
  }

  @ParameterizedTest
  @CsvSource({
    "qwen2.5-0.5b,    494032768",
    "qwen3-0.6b,      596049920",
    "llama-3.2-1b,   1235814400",
    "tinyllama-1.1b, 1100048384",
    "smollm2-135m,    134515008"
  })
  void tensorsAddUpToThePublishedParameterCount(String name, long parameters) throws IOException {
    long count =
        WeightNames.shapes(read(name)).values().stream()
            .mapToLong(shape -> Arrays.stream(shape).reduce(1, Math::multiplyExact))
            .sum();
    assertThat(count).isEqualTo(parameters);
  }

  private DecoderConfig read(String name) throws IOException {
    Path file = folder.resolve("config.json");
    try (InputStream in = PublishedConfigsTest.class.getResourceAsStream(name + ".json")) {
      assertThat(in).as(name).isNotNull();
      Files.write(file, in.readAllBytes());
    }
    return DecoderConfigReader.read(file);
  }
}
