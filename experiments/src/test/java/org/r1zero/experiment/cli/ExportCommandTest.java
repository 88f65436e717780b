package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.grpo.model.WeightNames;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.model.weights.SafetensorsFile;

/** What a run leaves is exported for others to load: merged, or the adapters alone. */
@Tag("slow")
class ExportCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  @TempDir private static Path shared;
  private static Path lora;
  @TempDir private Path folder;

  @BeforeAll
  static void trainAdapters() throws IOException {
    Ran ran =
        Ran.command(
            "demo",
            "--json",
            "--set",
            "output=" + shared,
            "--set",
            "grpo.steps=2",
            "--set",
            "grpo.problems_per_step=2",
            "--set",
            "sampling.max_new_tokens=16",
            "--set",
            "evaluation.problems=0",
            "--set",
            "lora.r=4");
    assertThat(ran.code()).as(ran.err()).isZero();
    lora = Path.of(ran.json().at("/run_dir").asText());
  }

  @Test
  void adaptersAreMergedAndAllPlacesOfTheSameStepAreEqual() throws IOException {
    Path whole = export("whole");
    assertEqual(lora.resolve("model"), whole);
    assertEqual(whole, export("last", "--step", "last"));
    assertEqual(whole, export("two", "--step", "2"));
    Path first = export("one", "--step", "1");
    assertThat(values(first, "model.layers.0.self_attn.q_proj.weight"))
        .as("the adapters of the step before are others")
        .isNotEqualTo(values(whole, "model.layers.0.self_attn.q_proj.weight"));
    assertThat(values(first, "model.layers.0.mlp.up_proj.weight"))
        .as("what has no adapter stays")
        .isEqualTo(values(whole, "model.layers.0.mlp.up_proj.weight"));
    assertThat(Files.readString(first.resolve("README.md")))
        .contains("checkpoint 1, after step 1")
        .contains("license: apache-2.0")
        .contains("base_model: ")
        .contains("lora:");
    assertThat(first.resolve("generation_config.json")).exists();
  }

  @Test
  void weightsAreRoundedAndSplitAsAsked() throws IOException {
    Path whole = export("whole");
    Path small = export("small", "--dtype", "bf16", "--max-shard-size", "100KB");
    assertThat(small.resolve("model.safetensors.index.json")).exists();
    assertThat(ModelDirectory.open(small).weightFiles()).hasSizeGreaterThan(1);
    List<Float> exact = values(whole, "model.norm.weight");
    List<Float> rounded = values(small, "model.norm.weight");
    for (int i = 0; i < exact.size(); i++) {
      assertThat(Math.abs(rounded.get(i) - exact.get(i)))
          .isLessThanOrEqualTo(Math.abs(exact.get(i)) / 256);
    }
    assertThat(JSON.readTree(small.resolve("config.json").toFile()).at("/dtype").asText())
        .isEqualTo("bfloat16");
  }

  @Test
  void adaptersAloneAreWhatPeftLoads() throws IOException {
    Path end = export("adapter", "--adapter");
    Path last = export("adapter-last", "--adapter", "--step", "last");
    for (Path out : List.of(end, last)) {
      JsonNode config = JSON.readTree(out.resolve("adapter_config.json").toFile());
      assertThat(config.at("/peft_type").asText()).isEqualTo("LORA");
      assertThat(config.at("/r").asInt()).isEqualTo(4);
      assertThat(out.resolve("README.md")).exists();
      assertThat(out.resolve("model.safetensors")).doesNotExist();
    }
    assertThat(last.resolve("adapter_model.safetensors"))
        .hasSameBinaryContentAs(end.resolve("adapter_model.safetensors"));
    assertThat(SafetensorsFile.open(end.resolve("adapter_model.safetensors")).names())
        .contains("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight");
  }

  @Test
  void whatCanNotBeExportedIsRefusedWithAWayOut() throws IOException {
    Path taken = Files.createDirectory(folder.resolve("taken"));
    assertRefused("choose another name", lora.toString(), taken.toString());
    assertThat(taken).isEmptyDirectory();
    String out = folder.resolve("out").toString();
    assertRefused("leave --adapter out", "embedded", out, "--adapter");
    assertRefused("leave --dtype out", lora + "", out, "--adapter", "--dtype", "bf16");
    assertRefused("leave --step out", "embedded", out, "--step", "1");
    assertRefused("must be a number, last or best", lora + "", out, "--step", "first");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void runThatTrainedAllWeightsHasNoAdapters() throws IOException {
    Path run = Files.createDirectory(folder.resolve("run"));
    String recipe = Files.readString(lora.resolve("recipe.yaml"));
    Files.writeString(run.resolve("recipe.yaml"), recipe.replace("r: 4", "r: 0"));
    assertRefused("lora.r is 0", run + "", folder.resolve("out") + "", "--adapter");
  }

  private static void assertRefused(String message, String... arguments) {
    List<String> command = new ArrayList<>(List.of("export"));
    command.addAll(List.of(arguments));
    Ran ran = Ran.command(command.toArray(String[]::new));
    assertThat(ran.code()).as(ran.err()).isEqualTo(2);
    assertThat(ran.err()).contains(message);
  }

  private Path export(String name, String... options) {
    Path out = folder.resolve(name);
    List<String> command = new ArrayList<>(List.of("export", lora.toString(), out.toString()));
    command.addAll(List.of(options));
    Ran ran = Ran.command(command.toArray(String[]::new));
    assertThat(ran.code()).as(ran.err()).isZero();
    return out;
  }

  private static void assertEqual(Path expected, Path actual) throws IOException {
    for (String name : WeightNames.shapes(ModelDirectory.open(expected).config()).keySet()) {
      assertThat(values(actual, name)).as(name).isEqualTo(values(expected, name));
    }
  }

  private static List<Float> values(Path model, String name) throws IOException {
    FloatBuffer buffer = ModelDirectory.open(model).read(name);
    List<Float> values = new ArrayList<>();
    while (buffer.hasRemaining()) {
      values.add(buffer.get());
    }
    return values;
  }
}
