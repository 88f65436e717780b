package org.r1zero.experiment.bench;

import java.io.IOException;
import org.r1zero.experiment.model.ModelFolder;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.generation.Generator;
import org.r1zero.rollout.generation.SamplingConfig;
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
        PolicyModel policy = folder.frozen(dtype.computeType(), device);
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
      DecoderConfig shape = policy.config();
      double flops = 2.0 * most * (blockWeights(shape) + headWeights(shape));
      roofline.timeLarge(policy.decoding());
      double peakFlops = 2.0 * Roofline.LARGE_ROWS * blockWeights(shape) / roofline.largeSeconds();
      double limit =
          limitSeconds(
              shape,
              dtype,
              workload,
              steps.passes(),
              peakFlops,
              kernels,
              roofline.bytesPerSecond());
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
          peakFlops / 1e9,
          tokens / limit,
          limit / seconds,
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

  /**
   * The least time that this processor allows: all weights once per step and the keys and values
   * that are attended to at the rate of its memory, or the products' operations at its peak,
   * whichever takes longer; the prompts likewise.
   */
  private static double limitSeconds(
      DecoderConfig shape,
      GenerationDtype dtype,
      GenerationWorkload workload,
      double passes,
      double flops,
      DecodingKernels kernels,
      double bytesPerSecond) {
    double block = blockWeights(shape);
    double head = headWeights(shape);
    int rounds = workload.rounds().timed();
    double blockBytes = block * dtype.blockBytes();
    double cacheBytes = (double) rounds * workload.attended() * kernels.cacheBytesPerToken();
    double decodingBytes = passes * (blockBytes + head * dtype.bytes()) + cacheBytes;
    double decoded = rounds * (double) (workload.tokens() - workload.sequences());
    double prompts = (double) workload.problems() * workload.promptTokens();
    double portions = Math.ceil(prompts / SamplingConfig.DEFAULT_PREFILL_CHUNK);
    double decoding =
        Math.max(decodingBytes / bytesPerSecond, 2 * decoded * (block + head) / flops);
    double reading = Math.max(portions * blockBytes / bytesPerSecond, 2 * prompts * block / flops);
    return decoding + rounds * reading;
  }

  /** Weights of the blocks' matrices, with which each token is multiplied. */
  private static double blockWeights(DecoderConfig c) {
    double attention = (2.0 * c.heads() + 2.0 * c.keyValueHeads()) * c.headDim() * c.hiddenSize();
    double forward = 3.0 * c.hiddenSize() * c.intermediateSize();
    return c.layers() * (attention + forward);
  }

  private static double headWeights(DecoderConfig c) {
    return (double) c.vocabSize() * c.hiddenSize();
  }
}
