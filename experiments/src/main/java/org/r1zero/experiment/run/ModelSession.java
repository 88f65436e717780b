package org.r1zero.experiment.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.PromptConfig;
import org.r1zero.experiment.model.ModelFolder;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.grpo.model.weights.ModelExport;
import org.r1zero.grpo.model.weights.TensorType;
import org.r1zero.rollout.PromptRenderer;
import org.r1zero.rollout.RolloutsConfig;
import org.r1zero.rollout.Texts;

/** A model in memory with its tokenizer and prompts: to train, to sample, to save. */
public final class ModelSession implements AutoCloseable {
  private static final long MAX_SHARD_BYTES = 4_000_000_000L;
  private final ModelFolder folder;
  private final PromptRenderer renderer;
  private final PolicyModel policy;
  private final boolean trained;

  private ModelSession(
      String model,
      PromptConfig prompt,
      boolean trained,
      Function<ModelFolder, PolicyModel> weights)
      throws IOException {
    this.folder = ModelFolder.open(model);
    this.renderer = folder.renderer(prompt);
    this.policy = weights.apply(folder);
    this.trained = trained;
  }

  /**
   * Reads a model to be trained.
   *
   * @param model a folder in Hugging Face layout, or {@code embedded}
   * @param dtype what it computes in
   * @param device as {@link org.r1zero.grpo.torch.Torch#device} takes it
   * @param prompt how a problem is put to it
   */
  public static ModelSession trained(
      String model, ComputeType dtype, String device, PromptConfig prompt) throws IOException {
    return new ModelSession(model, prompt, true, folder -> folder.policy(dtype, device));
  }

  /** Reads a model that is only sampled from, or learned from. */
  public static ModelSession frozen(
      String model, ComputeType dtype, String device, PromptConfig prompt) throws IOException {
    return new ModelSession(model, prompt, false, folder -> folder.frozen(dtype, device));
  }

  private Path path() {
    return folder.directory().path();
  }

  /** The weights. */
  public PolicyModel policy() {
    return policy;
  }

  /** Its tokenizer. */
  public Tokenizer tokenizer() {
    return folder.tokenizer();
  }

  /** How a problem is put to it. */
  public PromptRenderer renderer() {
    return renderer;
  }

  /**
   * Starts workers that sample with it.
   *
   * @param prompts how a problem is put to it
   * @param say is notified of each worker that is lost
   */
  public Workers workers(RolloutsConfig config, PromptRenderer prompts, Consumer<String> say) {
    Texts texts = new Texts(folder.tokenizer(), prompts);
    return new Workers(config, policy, trained, texts, path(), say);
  }

  /**
   * Problems as they fit its context.
   *
   * @param overlong what becomes of those that do not
   * @param newTokens most new tokens
   * @param put how a problem is put
   * @throws ConfigException if one does not fit and that is an error
   */
  public Fit fit(
      Dataset dataset, PromptConfig.Overlong overlong, int newTokens, PromptRenderer put) {
    Texts texts = new Texts(folder.tokenizer(), put);
    int context = policy.config().maxPositionEmbeddings();
    Fit fit = Fit.of(overlong, newTokens, dataset, true, false, texts, context);
    if (!fit.faults().isEmpty()) {
      throw new ConfigException("task " + dataset.name(), fit.faults());
    }
    return fit;
  }

  /** Writes the model as it is now, with the tokenizer that it was read with. */
  public void save(Path target) throws IOException {
    new ModelExport(TensorType.F32, MAX_SHARD_BYTES).write(policy, path(), target);
  }

  @Override
  public void close() {
    policy.close();
    folder.close();
  }
}
