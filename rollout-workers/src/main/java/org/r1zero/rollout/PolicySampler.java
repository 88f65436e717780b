package org.r1zero.rollout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.rollout.generation.Draws;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.Generator;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.worker.TokenizerStops;
import org.r1zero.rollout.worker.WorkerPool;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;

/** Problems in, texts out: renders, tokenizes, generates, decodes. */
public final class PolicySampler {
  private final Texts texts;
  private final TokenSource source;

  /** Samples with a generator, which stays the caller's to close. */
  public PolicySampler(Tokenizer tokenizer, PromptRenderer renderer, Generator generator) {
    this.texts = new Texts(tokenizer, renderer);
    this.source =
        (requests, config, progress) ->
            generator.generate(
                requests, config, new TokenizerStops(tokenizer, config.stop()), progress);
  }

  /**
   * Samples with the workers of a pool, which stays the caller's to close.
   *
   * @param unitProblems fewest problems that one generator call samples together; 0 leaves all to
   *     one call
   */
  public PolicySampler(Texts texts, WorkerPool pool, int unitProblems) {
    this.texts = texts;
    this.source = new PooledSource(pool, unitProblems);
  }

  /** Takes completions as they come to their end, in any order, while others are generated. */
  @FunctionalInterface
  public interface CompletionListener {

    /**
     * Called on the generating thread, which waits for it, by one thread at a time.
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
    List<Request> requests = new ArrayList<>();
    for (int p = 0; p < problems.size(); p++) {
      requests.add(new Request(p, problems.get(p), IntStream.range(0, count).toArray()));
    }
    return sample(requests, config, seed, progress, listener);
  }

  /**
   * Some completions of a problem.
   *
   * @param number of the problem in the whole list; part of what decides its draws
   * @param problem what is asked
   * @param samples which of its completions are wanted, by their numbers
   */
  public record Request(int number, Problem problem, int[] samples) {}

  /** The prompt of a problem, as the model is given it. */
  public String prompt(Problem problem) {
    return texts.prompt(problem);
  }

  /**
   * Samples only some completions of each problem, the same that sampling all would give.
   *
   * @param listener is told a problem's number and a completion's number
   * @return a group for each request, its completions in the order of {@link Request#samples}
   */
  public List<SampledGroup> sample(
      List<Request> wanted,
      SamplingConfig config,
      long seed,
      Generator.Progress progress,
      CompletionListener listener) {
    List<String> prompts = new ArrayList<>();
    List<GenerationRequest> requests = new ArrayList<>();
    List<List<Completion>> completions = new ArrayList<>();
    for (Request request : wanted) {
      String prompt = prompt(request.problem());
      long[] seeds = new long[request.samples().length];
      Arrays.setAll(seeds, i -> Draws.seed(seed, request.number(), request.samples()[i]));
      prompts.add(prompt);
      requests.add(new GenerationRequest(texts.encode(prompt), seeds));
      completions.add(Arrays.asList(new Completion[seeds.length]));
    }
    Generator.Progress decoding =
        new Generator.Progress() {
          @Override
          public void update(int finished, int running, long tokens) {
            progress.update(finished, running, tokens);
          }

          @Override
          public void finished(int request, int sample, Generation generation) {
            progress.finished(request, sample, generation);
            Completion completion = texts.decode(generation);
            completions.get(request).set(sample, completion);
            Request asked = wanted.get(request);
            listener.completed(asked.number(), asked.samples()[sample], completion);
          }
        };
    List<List<Generation>> generated = source.generate(requests, config, decoding);
    List<SampledGroup> groups = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      groups.add(
          new SampledGroup(
              wanted.get(i).problem(),
              prompts.get(i),
              requests.get(i).prompt(),
              generated.get(i),
              List.copyOf(completions.get(i))));
    }
    return groups;
  }
}
