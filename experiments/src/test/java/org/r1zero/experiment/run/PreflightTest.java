package org.r1zero.experiment.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.model.ModelFolder;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.ModelMemory;
import org.r1zero.rollout.PromptRenderer;

@Tag("slow")
class PreflightTest {
  @TempDir private Path folder;

  @Test
  void countsProblemsAndMemory() throws IOException {
    Preflight found = Preflight.of(recipe(), Preflight.Purpose.TRAINING);
    assertThat(found.training()).isEqualTo(12);
    assertThat(found.heldOut()).isEqualTo(5);
    assertThat(found.evaluated()).isEqualTo(5);
    assertThat(found.context()).isEqualTo(256);
    assertThat(found.parameters()).isEqualTo(2_885_888);
    // weights twice, gradients and two moments in fp32: 20 bytes per parameter, beside the process
    assertThat(found.bytes())
        .isGreaterThan(Preflight.PROCESS + 20 * found.parameters())
        .isLessThan(4_000_000_000L);
    assertThat(found.toString())
        .startsWith("12 problems to train on, 5 held out (5 evaluated)")
        .contains("2.9 million parameters, about ");
    assertThat(folder.resolve("runs")).doesNotExist();
  }

  @Test
  void momentsInTheMachinesMemoryAreNotCountedOnAGpu() throws IOException {
    Recipe recipe = recipe("grpo.optimizer.offload=true");
    try (ModelFolder model = ModelFolder.open("embedded")) {
      ModelMemory memory = new ModelMemory(model.directory().config(), recipe.dtype());
      Dataset none = new Dataset("x", List.of(), List.of());
      Fit fit = new Fit(none, model.renderer(recipe.prompt()), 256, 20, 0, List.of());
      Preflight.Purpose training = Preflight.Purpose.TRAINING;
      assertThat(Preflight.bytes(recipe, training, fit, memory, true))
          .isEqualTo(
              Preflight.bytes(recipe(), training, fit, memory, true) - 8 * memory.parameters());
      assertThat(Preflight.bytes(recipe, training, fit, memory, false))
          .isEqualTo(Preflight.bytes(recipe(), training, fit, memory, false));
    }
  }

  @Test
  void samplingAloneTakesLessMemoryThanTraining() throws IOException {
    long training = Preflight.of(recipe(), Preflight.Purpose.TRAINING).bytes();
    Preflight sampling = Preflight.of(recipe("sampling.max_batch=1"), Preflight.Purpose.SAMPLING);
    assertThat(sampling.bytes()).isLessThan(training - 12 * sampling.parameters());
    assertThat(sampling.toString()).startsWith("12 problems to sample");
  }

  @Test
  void onlyTheProblemsThatAreChosenCount() throws IOException {
    Preflight found =
        Preflight.ofSampling(
            recipe(),
            data -> new Dataset(data.name(), data.train().subList(0, 3), List.of()),
            renderer -> problem -> "Example. " + renderer.render(problem));
    assertThat(found.training()).isEqualTo(3);
    assertThat(found.longest())
        .isGreaterThan(Preflight.of(recipe(), Preflight.Purpose.SAMPLING).longest());
  }

  @Test
  void namesAllFaultsOfDataVerifierDeviceOutputPortAndModelAtOnce() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(
              () ->
                  Preflight.of(
                      recipe(
                          "task.name=gsm",
                          "rewards=[{verifier: nmber}]",
                          "device=cuda:77",
                          "rollouts.devices=[cuda:78]",
                          "output=" + file.resolve("runs"),
                          "metrics.prometheus_port=" + taken.getLocalPort(),
                          "model=" + folder.resolve("none")),
                      Preflight.Purpose.TRAINING))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("did you mean 'number'?")
          .hasMessageContaining("did you mean 'gsm8k'?")
          .hasMessageContaining("cuda:77")
          .hasMessageContaining("cuda:78")
          .hasMessageContaining(file + " is not a folder")
          .hasMessageContaining("metrics.prometheus_port " + taken.getLocalPort() + " is taken")
          .hasMessageContaining("none");
    }
  }

  @Test
  void devicesOfSoundSectionsAreSaidWithTheFaultsOfOthers() {
    assertThatThrownBy(
            () ->
                Preflight.load(
                    List.of(),
                    List.of("grpo.steps=-3", "device=cuda:77", "rollouts.devices=[cuda:78]")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("grpo.steps must be")
        .hasMessageContaining("device cuda:77 was asked for")
        .hasMessageContaining("device cuda:78 was asked for");
  }

  @Test
  void aFolderThatNothingCanBeMadeInIsNotWritable() {
    assertThat(Preflight.unwritable("/proc/none"))
        .isEqualTo(
            "output /proc/none: can't be used: /proc can't be written to (--set output=DIR)");
    assertThat(Preflight.unwritable(folder.resolve("a/b").toString())).isNull();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aProblemWhoseGoldNoVerifierReadsIsNamed() throws IOException {
    Path data = folder.resolve("data.jsonl");
    Files.writeString(
        data,
        "{\"question\": \"1+1?\", \"answer\": \"2\"}\n".repeat(3)
            + "{\"question\": \"Why?\", \"answer\": \"because\"}\n");
    String task = "task={name: file, options: {path: " + data + ", held_out_share: 0.0}}";
    assertThatThrownBy(() -> Preflight.of(recipe(task), Preflight.Purpose.TRAINING))
        .hasMessageContaining("because");
  }

  @Test
  void oneSequenceMustHaveRoomInTheCache() throws IOException {
    List<String> faults = new ArrayList<>();
    Recipe recipe = recipe("sampling.kv_cache_mb=1");
    try (ModelFolder folder = ModelFolder.open("embedded")) {
      DecoderConfig config = folder.directory().config();
      Dataset none = new Dataset("x", List.of(), List.of());
      PromptRenderer renderer = folder.renderer(recipe.prompt());
      Preflight.checkCache(recipe, new Fit(none, renderer, 256, 20, 0, List.of()), config, faults);
      assertThat(faults).isEmpty();
      Fit longer = new Fit(none, renderer, 9_000, 8_000, 0, List.of());
      Preflight.checkCache(recipe, longer, config, faults);
    }
    assertThat(faults).hasSize(1);
    assertThat(faults.get(0))
        .startsWith("sampling.kv_cache_mb must be >= ")
        .endsWith(" for one sequence of 8128 tokens, was 1");
  }

  private Recipe recipe(String... settings) {
    List<String> all = new ArrayList<>();
    all.add("output=" + folder.resolve("runs"));
    all.add("task={name: arithmetic, options: {train: 12, held_out: 5}}");
    all.addAll(List.of(settings));
    return RecipeLoader.load(List.of(), all);
  }
}
