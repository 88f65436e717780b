package org.r1zero.rollout.worker;

import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.StopCondition;
import org.r1zero.verify.reward.PortableReward;

/**
 * What a pool samples from.
 *
 * @param version of the policy's weights
 * @param policy whose weights are published first
 * @param stops makes what ends a completion from the texts that do, for workers in this process
 * @param model the folder with the policy's configuration and tokenizer, for workers elsewhere
 * @param weightsFolder where weights go that others read: {@code auto}, or a folder
 * @param rewards judges completions where they are sampled, on machines elsewhere; {@code null}
 *     leaves that to the caller
 */
public record PoolSource(
    long version,
    PolicyModel policy,
    Function<SamplingConfig, StopCondition> stops,
    Path model,
    String weightsFolder,
    @Nullable PortableReward rewards) {

  /** Where nothing is judged. */
  public PoolSource(
      long version,
      PolicyModel policy,
      Function<SamplingConfig, StopCondition> stops,
      Path model,
      String weightsFolder) {
    this(version, policy, stops, model, weightsFolder, null);
  }
}
