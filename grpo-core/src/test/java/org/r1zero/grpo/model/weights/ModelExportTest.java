package org.r1zero.grpo.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.WeightNames;

@Tag("slow")
class ModelExportTest {
  @TempDir Path source;
  @TempDir Path targets;
  private PolicyModel policy;

  @BeforeEach
  void load() {
    ModelDirectory directory =
        ModelDirectory.open(Golden.unpack("model/qwen3-tied-bias", source).folder());
    policy = new PolicyModel(directory.config(), directory, ComputeType.FLOAT32, Device.cpu());
  }

  @AfterEach
  void close() {
    policy.close();
  }

  @ParameterizedTest
  @CsvSource({"F32, 1000000000, 1", "F32, 9000, 8", "BF16, 1000000000, 1", "BF16, 4500, 8"})
  void whatIsWrittenIsReadAgain(TensorType type, long maxShardBytes, int atLeastFiles)
      throws IOException {
    Path target = targets.resolve("out");
    new ModelExport(type, maxShardBytes).write(policy, source, target);
    ModelDirectory again = ModelDirectory.open(target);
    assertThat(again.config()).isEqualTo(policy.config());
    assertThat(again.weightFiles().size() == 1).isEqualTo(atLeastFiles == 1);
    assertThat(again.weightFiles()).hasSizeGreaterThanOrEqualTo(atLeastFiles);
    for (String name : WeightNames.shapes(policy.config()).keySet()) {
      FloatBuffer expected = policy.tensor(name);
      FloatBuffer actual = again.read(name);
      assertThat(actual.remaining()).as(name).isEqualTo(expected.remaining());
      while (expected.hasRemaining()) {
        float value = expected.get();
        assertThat(actual.get()).as(name).isEqualTo(type == TensorType.F32 ? value : bf16(value));
      }
    }
  }

  @Test
  void shardsStayBelowTheLimitUnlessATensorExceedsIt() throws IOException {
    Path target = targets.resolve("out");
    new ModelExport(TensorType.F32, 9000).write(policy, source, target);
    for (Path file : ModelDirectory.open(target).weightFiles()) {
      int tensors = SafetensorsFile.open(file).names().size();
      if (tensors > 1) {
        assertThat(Files.size(file)).isLessThan(9000 + 4096); // and its header
      }
    }
    assertThat(target.resolve("model.safetensors.index.json")).exists();
  }

  @Test
  void otherFilesComeAlongAndTheConfigNamesTheType() throws IOException {
    Files.writeString(source.resolve("tokenizer.json"), "{}");
    Path target = targets.resolve("out");
    new ModelExport(TensorType.BF16, Long.MAX_VALUE).write(policy, source, target);
    assertThat(target.resolve("tokenizer.json")).hasContent("{}");
    assertThat(target.resolve("generation_config.json"))
        .hasSameTextualContentAs(source.resolve("generation_config.json"));
    var config = new ObjectMapper().readTree(target.resolve("config.json").toFile());
    assertThat(config.path("dtype").asText()).isEqualTo("bfloat16");
    assertThat(config.has("torch_dtype")).isFalse();
    assertThat(targets.resolve(".out.partial")).doesNotExist();
  }

  @Test
  void failedExportLeavesNoFolderThatCouldBeTakenForAModel() {
    Path target = targets.resolve("out");
    policy.close(); // its tensors can't be read: the export fails half-way
    assertThatThrownBy(
            () -> new ModelExport(TensorType.F32, Long.MAX_VALUE).write(policy, source, target))
        .isInstanceOf(RuntimeException.class);
    assertThat(target).doesNotExist();
    assertThatThrownBy(() -> ModelDirectory.open(targets.resolve(".out.partial")))
        .isInstanceOf(ModelFileException.class);
  }

  @Test
  void leftoversOfAFailedExportAreReplaced() throws IOException {
    Path target = targets.resolve("out");
    Files.createDirectories(targets.resolve(".out.partial"));
    Files.writeString(targets.resolve(".out.partial/model.safetensors"), "half");
    Path own = Files.createDirectories(targets.resolve("out.partial")); // a user's
    new ModelExport(TensorType.F32, Long.MAX_VALUE).write(policy, source, target);
    assertThat(ModelDirectory.open(target).config()).isEqualTo(policy.config());
    assertThat(targets.resolve(".out.partial")).doesNotExist();
    assertThat(own).isEmptyDirectory();
  }

  @Test
  void existingTargetIsKept() throws IOException {
    Path target = Files.createDirectories(targets.resolve("out"));
    assertThatThrownBy(
            () -> new ModelExport(TensorType.F32, Long.MAX_VALUE).write(policy, source, target))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("choose another name");
    assertThat(target).isEmptyDirectory();
  }

  @Test
  void sourceWithoutAConfigIsRefused() throws IOException {
    Files.delete(source.resolve("config.json"));
    assertThatThrownBy(
            () ->
                new ModelExport(TensorType.F32, Long.MAX_VALUE)
                    .write(policy, source, targets.resolve("out")))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(source.resolve("config.json") + ": is missing: the export copies it");
  }

  @Test
  void halfPrecisionIsNotWritten() {
    assertThatThrownBy(() -> new ModelExport(TensorType.F16, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weights are written in F32 or BF16, not in F16");
  }

  /** The upper half of the bits, rounded to nearest even. */
  private static float bf16(float value) {
    int bits = Float.floatToIntBits(value);
    int rounded = bits + 0x7fff + ((bits >>> 16) & 1);
    return Float.intBitsToFloat(rounded & 0xffff0000);
  }
}
