package org.r1zero.experiment.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.experiment.config.PromptConfig;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.rollout.RolloutsConfig;
import org.r1zero.rollout.SampledGroup;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.verify.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Completes texts with a model. */
public final class TextGeneration implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TextGeneration.class);
  private final ModelSession session;
  private final Workers workers;

  /**
   * Reads a model.
   *
   * @param model a folder in Hugging Face layout, or {@code embedded}
   * @param dtype what it computes in
   * @param device as {@link org.r1zero.grpo.torch.Torch#device} takes it
   * @param prompt how a text is put to it
   */
  public TextGeneration(String model, ComputeType dtype, String device, PromptConfig prompt)
      throws IOException {
    this.session = ModelSession.frozen(model, dtype, device, prompt);
    this.workers = session.workers(RolloutsConfig.defaults(), session.renderer(), LOG::warn);
  }

  /**
   * Samples completions.
   *
   * @param count completions a prompt
   * @param seed with the prompt's place and the sample's number it decides every draw
   */
  public List<SampledGroup> complete(
      List<String> prompts, int count, SamplingConfig sampling, long seed) {
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      problems.add(new Problem("prompt/" + (i + 1), prompts.get(i), ""));
    }
    return workers.sampler().sample(problems, count, sampling, seed, status -> {});
  }

  @Override
  public void close() {
    workers.close();
    session.close();
  }
}
