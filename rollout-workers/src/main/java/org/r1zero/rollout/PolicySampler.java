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
import org.r1zero.rollout.worker.TokenizerStops;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;

/** Problems in, texts out: renders, tokenizes, generates, decodes. */
public final class PolicySampler {
  private final Texts texts;
  private final Generator generator;

  /** Puts the parts together; the generator stays the caller's to close. */
  public PolicySampler(Tokenizer tokenizer, PromptRenderer renderer, Generator generator) {
    this.texts = new Texts(tokenizer, renderer);
    this.generator = generator;
  }

  /** Takes completions as they come to their end, in any order, while others are generated. */
  @FunctionalInterface
  public interface CompletionListener {

    /**
     * Called on the generating thread, which waits for it.
     *
     * @param problem the index of its problem
     * @param sample which of its problem's completions
     */
    void completed(int problem, int sample, Completion completion);
  }

  /** Samples completions without listening to each. */
  public List<SampledGroup> sample(
      List<Problem> problems,
      int count,
      SamplingConfig config,
      long seed,
      Generator.Progress progress) {
    return sample(problems, count, config, seed, progress, (problem, sample, completion) -> {});
  }

  /**
   * Samples completions.
   *
   * @param count completions a problem
   * @param seed with the problem's place and the sample's number it decides every draw
   * @param listener has each completion as soon as it is finished
   */
  public List<SampledGroup> sample(
      List<Problem> problems,
      int count,
      SamplingConfig config,
      long seed,
      Generator.Progress progress,
      CompletionListener listener) {
    List<String> prompts = problems.stream().map(texts::prompt).toList();
    List<GenerationRequest> requests = new ArrayList<>();
    for (int p = 0; p < problems.size(); p++) {
      long problem = p;
      long[] seeds = new long[count];
      Arrays.setAll(seeds, s -> Draws.seed(seed, problem, s));
      requests.add(new GenerationRequest(texts.encode(prompts.get(p)), seeds));
    }
    StopCondition stop = new TokenizerStops(texts.tokenizer(), config.stop());
    Completion[][] completions = new Completion[problems.size()][count];
    Generator.Progress decoding =
        new Generator.Progress() {
          @Override
          public void update(int finished, int running, long tokens) {
            progress.update(finished, running, tokens);
          }

          @Override
          public void finished(int problem, int sample, Generation generation) {
            progress.finished(problem, sample, generation);
            completions[problem][sample] = texts.decode(generation);
            listener.completed(problem, sample, completions[problem][sample]);
          }
        };
    List<List<Generation>> generated = generator.generate(requests, config, stop, decoding);
    List<SampledGroup> groups = new ArrayList<>();
    for (int p = 0; p < problems.size(); p++) {
      groups.add(
          new SampledGroup(
              problems.get(p),
              prompts.get(p),
              requests.get(p).prompt(),
              generated.get(p),
              List.of(completions[p])));
    }
    return groups;
  }
}
