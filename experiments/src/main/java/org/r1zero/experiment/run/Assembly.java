package org.r1zero.experiment.run;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.coldstart.dataset.Datasets;
import org.r1zero.coldstart.prompt.ChatPrompt;
import org.r1zero.coldstart.prompt.PlainPrompt;
import org.r1zero.coldstart.prompt.R1ZeroPrompt;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.tokenizer.ChatTemplate;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.PolicySampler;
import org.r1zero.rollout.PromptRenderer;
import org.r1zero.rollout.RewardScorer;
import org.r1zero.rollout.generation.Generator;
import org.r1zero.verify.Verifiers;
import org.r1zero.verify.reward.WeightedReward;

/** A recipe's parts, made: the one place that calls their constructors. */
final class Assembly implements AutoCloseable {
  private final @Nullable Path unpacked;
  private final ModelDirectory directory;
  private final Tokenizer tokenizer;
  private final Dataset dataset;
  private final RewardScorer scorer;
  private final PolicyModel policy;
  private final Generator generator;
  private final PolicySampler sampler;

  /** Checks the cheap parts first, so that a fault shows before the weights are read. */
  Assembly(Recipe recipe) throws IOException {
    this.scorer =
        new RewardScorer(
            WeightedReward.of(recipe.rewards(), Verifiers.discover(), recipe.scoring()),
            recipe.scoring());
    this.dataset = Datasets.load(recipe.task().name(), recipe.task().options(), recipe.seed());
    boolean embedded = recipe.model().equals(EmbeddedModel.NAME);
    this.unpacked = embedded ? Files.createTempDirectory("r1zero") : null;
    Path path = unpacked != null ? EmbeddedModel.unpack(unpacked) : Path.of(recipe.model());
    this.directory = ModelDirectory.open(path);
    this.tokenizer = Tokenizer.open(path);
    PromptRenderer renderer = renderer(recipe, path);
    Device device = Torch.device(recipe.device());
    this.policy = new PolicyModel(directory.config(), directory, recipe.dtype(), device);
    this.generator = new Generator(policy);
    this.sampler = new PolicySampler(tokenizer, renderer, generator);
  }

  private static PromptRenderer renderer(Recipe recipe, Path model) {
    return switch (recipe.prompt().template()) {
      case R1_ZERO -> new R1ZeroPrompt();
      case PLAIN -> PlainPrompt.defaults();
      case CHAT -> new ChatPrompt(ChatTemplate.open(model), recipe.prompt().system());
    };
  }

  ModelDirectory directory() {
    return directory;
  }

  Dataset dataset() {
    return dataset;
  }

  RewardScorer scorer() {
    return scorer;
  }

  PolicyModel policy() {
    return policy;
  }

  Generator generator() {
    return generator;
  }

  PolicySampler sampler() {
    return sampler;
  }

  /** A second copy of the weights, for the KL term. */
  PolicyModel reference() {
    return new PolicyModel(directory.config(), directory, policy.computeType(), policy.device());
  }

  @Override
  public void close() {
    generator.close();
    policy.close();
    tokenizer.close();
    if (unpacked != null) {
      deleteQuietly(unpacked.resolve("embedded-base"));
      deleteQuietly(unpacked);
    }
  }

  /** Temporary files: left behind where they can't be deleted. */
  private static void deleteQuietly(Path folder) {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      org.slf4j.LoggerFactory.getLogger(Assembly.class)
          .warn("can't delete temporary folder {}: {}", folder, e.toString());
    }
  }
}
