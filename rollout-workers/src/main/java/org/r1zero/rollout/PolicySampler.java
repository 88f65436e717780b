package org.r1zero.rollout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.rollout.generation.Draws;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.Generator;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.StopCondition;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Problem;

/** Problems in, texts out: renders, tokenizes, generates, decodes. */
public final class PolicySampler {
  private final Tokenizer tokenizer;
  private final PromptRenderer renderer;
  private final Generator generator;

  /** Puts the parts together; the generator stays the caller's to close. */
  public PolicySampler(Tokenizer tokenizer, PromptRenderer renderer, Generator generator) {
    this.tokenizer = tokenizer;
    this.renderer = renderer;
    this.generator = generator;
  }

  /**
   * Samples completions.
   *
   * @param count completions a problem
   * @param seed with the problem's place and the sample's number it decides every draw
   */
  public List<SampledGroup> sample(
      List<Problem> problems,
      int count,
      SamplingConfig config,
      long seed,
      Generator.Progress progress) {
    List<String> prompts = problems.stream().map(renderer::render).toList();
    List<GenerationRequest> requests = new ArrayList<>();
    for (int p = 0; p < problems.size(); p++) {
      long problem = p;
      long[] seeds = new long[count];
      Arrays.setAll(seeds, s -> Draws.seed(seed, problem, s));
      requests.add(new GenerationRequest(tokenizer.encodePrompt(prompts.get(p)), seeds));
    }
    StopCondition stop = new TokenizerStops(tokenizer, config.stop());
    List<List<Generation>> generated = generator.generate(requests, config, stop, progress);
    List<SampledGroup> groups = new ArrayList<>();
    for (int p = 0; p < problems.size(); p++) {
      List<Completion> completions = generated.get(p).stream().map(this::decode).toList();
      groups.add(
          new SampledGroup(
              problems.get(p),
              prompts.get(p),
              requests.get(p).prompt(),
              generated.get(p),
              completions));
    }
    return groups;
  }

  private Completion decode(Generation generation) {
    int[] tokens = generation.tokens();
    FinishReason reason = generation.finishReason();
    return new Completion(tokenizer.decode(tokens), tokens.length, reason);
  }
}
