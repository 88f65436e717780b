package org.r1zero.experiment.rundir;

import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.model.ModelFolder;
import org.r1zero.grpo.checkpoint.Checkpoint;
import org.r1zero.grpo.checkpoint.TrainingState;
import org.r1zero.grpo.files.Folders;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.LoraConfig;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.weights.ModelExport;
import org.r1zero.grpo.model.weights.PeftAdapter;

/**
 * Writes a run's model, or any model, as a Hugging Face folder with a model card.
 *
 * @param form of the weights, adapters merged into them
 * @param adapter whether to write a run's adapters alone instead, as PEFT loads them, in fp32
 */
public record RunExport(ModelExport form, boolean adapter) {
  /**
   * Exports; the folder appears whole or not at all.
   *
   * @param source a run directory, a folder in Hugging Face layout, or {@code embedded}
   * @param step a run's checkpoint: a number, {@code last} or {@code best}; {@code null} for the
   *     model that the run resulted in
   * @param target must not exist
   */
  public void write(String source, @Nullable String step, Path target) throws IOException {
    if (Files.exists(target)) {
      throw new ConfigException(
          target.toString(),
          List.of("exists; a model is written to a new folder: choose another name"));
    }
    Path run = Path.of(source);
    if (!Files.isRegularFile(run.resolve("recipe.yaml"))) {
      if (step != null) {
        throw new ConfigException(
            source, List.of("is not a run directory, so it has no checkpoints; leave --step out"));
      }
      if (adapter) {
        throw new ConfigException(
            source, List.of("is not a run directory, so it has no adapters; leave --adapter out"));
      }
      write(source, LoraConfig.defaults(), null, null, ModelCard.of(source), target);
      return;
    }
    RunDirectory directory = RunDirectory.open(run);
    Recipe recipe = RecipeLoader.load(List.of(directory.recipe()), List.of());
    RunManifest manifest = RunManifest.read(directory);
    ModelCard card =
        ModelCard.of(
            recipe,
            RecipeLoader.toYaml(recipe),
            manifest == null ? MissingNode.getInstance() : manifest.root());
    if (adapter && !recipe.lora().enabled()) {
      throw new ConfigException(
          source,
          List.of(
              "has no adapters: it trained all weights (lora.r is 0); leave --adapter out to export"
                  + " its model"));
    }
    if (step == null && !Files.isDirectory(directory.model())) {
      throw new ConfigException(
          source,
          List.of("is not at its end, it has no model yet; --step last takes a checkpoint"));
    }
    if (step != null) {
      Checkpoint checkpoint = directory.checkpoint(step);
      write(recipe.model(), recipe.lora(), checkpoint, step, card, target);
    } else if (adapter) {
      copyAdapter(directory, card, target);
    } else {
      write(directory.model().toString(), LoraConfig.defaults(), null, null, card, target);
    }
  }

  /** The adapters that the run has written at its end. */
  private static void copyAdapter(RunDirectory directory, ModelCard card, Path target)
      throws IOException {
    if (!Files.isDirectory(directory.adapter())) {
      throw new ConfigException(
          directory.path().toString(),
          List.of("has lost its folder adapter/; --step last takes a checkpoint's"));
    }
    Folders.make(
        target,
        fresh -> {
          Files.createDirectories(fresh);
          try (Stream<Path> files = Files.list(directory.adapter())) {
            for (Path file : files.toList()) {
              Files.copy(file, fresh.resolve(file.getFileName()));
            }
          }
          Files.write(fresh.resolve("README.md"), card.text("").getBytes(StandardCharsets.UTF_8));
        });
  }

  private static void defaultGeneration(Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.writeString(file, "{\n  \"do_sample\": true,\n  \"temperature\": 1.0\n}\n");
    }
  }

  private void write(
      String model,
      LoraConfig lora,
      @Nullable Checkpoint checkpoint,
      @Nullable String step,
      ModelCard card,
      Path target)
      throws IOException {
    try (ModelFolder folder = ModelFolder.open(model);
        PolicyModel policy = folder.policy(ComputeType.FLOAT32, "cpu", lora, 0)) {
      if (checkpoint != null) {
        checkpoint.restoreSome(TrainingState.weights("policy/", policy));
      }
      String of =
          checkpoint == null ? "" : "checkpoint " + step + ", after step " + checkpoint.step();
      Folders.make(
          target,
          fresh -> {
            if (adapter) {
              PeftAdapter.write(policy.adapters().orElseThrow(), model, fresh);
            } else {
              form.write(policy, folder.directory().path(), fresh);
              defaultGeneration(fresh.resolve("generation_config.json"));
            }
            Files.write(fresh.resolve("README.md"), card.text(of).getBytes(StandardCharsets.UTF_8));
          });
    }
  }
}
