package org.r1zero.experiment.bench;

import java.io.IOException;
import org.r1zero.experiment.run.ModelFolder;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.generation.Generator;
import org.r1zero.rollout.generation.SamplingListener;

/** Times sampling, and what the machine could do at best, in one process. */
public final class GenerationBenchmark {
  private GenerationBenchmark() {}

  /**
   * Runs a benchmark once, after three tokens of each completion and the rounds of warm-up.
   *
   * @param model a folder in Hugging Face layout, or {@code embedded}
   * @throws IOException if it can't be read
   */
  public static GenerationResult run(
      String model, GenerationDtype dtype, String device, GenerationWorkload workload)
      throws IOException {
    try (ModelFolder folder = ModelFolder.open(model);
        PolicyModel policy =
            PolicyModel.frozen(
                folder.directory().config(),
                folder.directory(),
                dtype.computeType(),
                Torch.device(device));
        Generator generator = new Generator(policy)) {
      return run(policy, generator, dtype, workload);
    }
  }

  private static GenerationResult run(
      PolicyModel policy, Generator generator, GenerationDtype dtype, GenerationWorkload workload)
      throws IOException {
    int vocabulary = policy.config().vocabSize();
    generator.generate(
        workload.requests(vocabulary, 0),
        workload.sampling(dtype, 3),
        (tokens, length) -> false,
        status -> {});
    int warmup = workload.rounds().warmup();
    for (int round = 0; round < warmup; round++) {
      sample(generator, workload, dtype, vocabulary, round, status -> {});
    }
    int rounds = workload.rounds().timed();
    MemorySeries memory = new MemorySeries(workload.allSequences());
    DecodingKernels kernels = generator.kernels();
    int most = Math.min(workload.maxBatch(), workload.sequences());
    try (Scope scope = Torch.openScope(policy.device())) {
      Roofline roofline =
          new Roofline(kernels, workload.problems() * workload.promptTokens(), scope);
      TimedSteps steps = new TimedSteps(roofline, most);
      for (int round = 0; round < rounds; round++) {
        steps.startRound();
        sample(generator, workload, dtype, vocabulary, warmup + round, steps);
        steps.endRound();
        if (steps.sampled() != (round + 1) * workload.tokens()) {
          throw new IllegalStateException(
              "sampled " + steps.sampled() + " of " + (round + 1) * workload.tokens());
        }
        memory.done((round + 1) * workload.sequences());
      }
      double peak = ProcessMemory.peakMb();
      roofline.timeMemory();
      double seconds = steps.seconds();
      long tokens = rounds * workload.tokens();
      double products = rounds * roofline.promptSeconds() + steps.productSeconds();
      double attended = (double) rounds * workload.attended();
      double cache = attended * kernels.cacheBytesPerToken() / roofline.bytesPerSecond();
      double flops = 2.0 * most * multiplied(policy.config());
      return new GenerationResult(
          kernels.description(),
          workload.allSequences(),
          tokens,
          seconds,
          tokens / seconds,
          steps.firstSeconds(),
          peak,
          tokens / (products + cache),
          (products + cache) / seconds,
          products / seconds,
          flops / roofline.stepSeconds(most) / 1e9,
          roofline.bytesPerSecond() / 1e9,
          memory.points());
    }
  }

  private static void sample(
      Generator generator,
      GenerationWorkload workload,
      GenerationDtype dtype,
      int vocabulary,
      int round,
      SamplingListener listener) {
    generator.generate(
        workload.requests(vocabulary, round), workload.sampling(dtype), workload.stop(), listener);
  }

  /** Weights that one token is multiplied with. */
  private static double multiplied(DecoderConfig c) {
    double attention = (2.0 * c.heads() + 2.0 * c.keyValueHeads()) * c.headDim() * c.hiddenSize();
    double forward = 3.0 * c.hiddenSize() * c.intermediateSize();
    return c.layers() * (attention + forward) + (double) c.vocabSize() * c.hiddenSize();
  }
}
