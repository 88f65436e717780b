package org.r1zero.experiment.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.PromptConfig;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.LoraConfig;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.model.weights.ModelFileException;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.PromptRenderer;
import org.r1zero.verify.sandbox.ScratchFolder;

/** A model's files, opened and checked; its weights are read when they are asked for. */
public final class ModelFolder implements AutoCloseable {
  /** What recipes for a model of the user's own have. */
  private static final String PLACEHOLDER = "DIR";

  private final String name;
  private final @Nullable ScratchFolder unpacked;
  private final ModelDirectory directory;
  private final Tokenizer tokenizer;

  private ModelFolder(
      String name,
      @Nullable ScratchFolder unpacked,
      ModelDirectory directory,
      Tokenizer tokenizer) {
    this.name = name;
    this.unpacked = unpacked;
    this.directory = directory;
    this.tokenizer = tokenizer;
  }

  /**
   * Opens a model.
   *
   * @param name a folder in Hugging Face layout, or an embedded model's name, which is unpacked
   *     into a temporary folder
   * @throws org.r1zero.grpo.model.weights.ModelFileException if a file can't be used
   */
  public static ModelFolder open(String name) throws IOException {
    require(name);
    if (!EmbeddedModel.isName(name)) {
      return open(name, null, Path.of(name));
    }
    ScratchFolder unpacked = ScratchFolder.create();
    return open(name, unpacked, EmbeddedModel.unpack(name, unpacked.path()));
  }

  /**
   * Asks for no more than that there is such a model.
   *
   * @throws org.r1zero.grpo.model.weights.ModelFileException if it is neither embedded nor a folder
   */
  public static void require(String name) {
    if (!EmbeddedModel.isName(name) && !Files.isDirectory(Path.of(name))) {
      throw new ModelFileException(
          Path.of(name),
          name.equals(PLACEHOLDER)
              ? "stands for a model's folder in this recipe: name yours by --set model=FOLDER"
              : "is not a folder; model takes a folder in Hugging Face layout, or embedded, the"
                  + " program's own");
    }
  }

  /** Whether a recipe's model is one that ships with the command. */
  public static boolean isEmbedded(String name) {
    return EmbeddedModel.isName(name);
  }

  /** Whether a path stands for an embedded model, or is a model's folder. */
  public static boolean exists(Path model) {
    return isEmbedded(model.toString()) || Files.isRegularFile(model.resolve("config.json"));
  }

  /** Where a recipe's model is; an embedded one is unpacked below {@code parent} first. */
  public static Path locate(String name, Path parent) throws IOException {
    return isEmbedded(name)
        ? EmbeddedModel.unpack(name, Files.createDirectories(parent))
        : Path.of(name).toAbsolutePath();
  }

  private static ModelFolder open(String name, @Nullable ScratchFolder unpacked, Path path) {
    ModelDirectory directory = ModelDirectory.open(path);
    return new ModelFolder(
        name, unpacked, directory, Tokenizer.open(path, directory.config().vocabSize()));
  }

  /** Its configuration and weights. */
  public ModelDirectory directory() {
    return directory;
  }

  /**
   * Reads its weights, all of them to be trained.
   *
   * @param dtype what it computes in
   * @param device as {@link Torch#device} takes it
   */
  public PolicyModel policy(ComputeType dtype, String device) {
    return policy(dtype, device, LoraConfig.defaults(), 0);
  }

  /**
   * The same, but where {@code lora} has a rank only adapters are trained.
   *
   * @param seed decides what the adapters begin as
   */
  public PolicyModel policy(ComputeType dtype, String device, LoraConfig lora, long seed) {
    return new PolicyModel(directory.config(), directory, dtype, Torch.device(device), lora, seed);
  }

  /** Reads its weights, only to be sampled from or learned from. */
  public PolicyModel frozen(ComputeType dtype, String device) {
    return PolicyModel.frozen(directory.config(), directory, dtype, Torch.device(device));
  }

  /** Its tokenizer. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /**
   * What puts problems to it.
   *
   * @throws org.r1zero.grpo.model.weights.ModelFileException if it lacks the chat template asked
   *     for
   */
  public PromptRenderer renderer(PromptConfig prompt) {
    try {
      return Prompts.of(prompt, directory.path());
    } catch (ModelFileException e) {
      if (unpacked == null) {
        throw e;
      }
      String said = String.valueOf(e.getMessage());
      throw new ModelFileException(Path.of(name), said.replace(directory.path() + ": ", ""), e);
    }
  }

  @Override
  public void close() {
    tokenizer.close();
    if (unpacked != null) {
      unpacked.close();
    }
  }
}
