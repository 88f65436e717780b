package org.r1zero.experiment.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.experiment.run.ModelFolder;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.Generator;
import org.r1zero.rollout.generation.SamplingConfig;

/** Times sampling, and what the machine could do at best, in one process. */
public final class GenerationBenchmark {
  private GenerationBenchmark() {}

  /**
   * Runs a benchmark once, after a short warm-up.
   *
   * @param model a folder in Hugging Face layout, or {@code embedded}
   * @throws IOException if it can't be read
   */
  public static GenerationResult run(
      String model, ComputeType dtype, String device, GenerationWorkload workload)
      throws IOException {
    try (ModelFolder folder = ModelFolder.open(model);
        PolicyModel policy =
            new PolicyModel(
                folder.directory().config(), folder.directory(), dtype, Torch.device(device));
        Generator generator = new Generator(policy)) {
      return run(policy, generator, workload);
    }
  }

  private static GenerationResult run(
      PolicyModel policy, Generator generator, GenerationWorkload workload) throws IOException {
    int vocabulary = policy.config().vocabSize();
    SamplingConfig few = new SamplingConfig(1, 0, 1, 0, 3, List.of(), workload.maxBatch());
    generator.generate(
        workload.requests(vocabulary), few, (tokens, length) -> false, (done, now, sampled) -> {});
    Steps steps = new Steps(workload.maxBatch());
    long started = System.nanoTime();
    List<List<Generation>> generated =
        generator.generate(
            workload.requests(vocabulary), workload.sampling(), workload.stop(), steps);
    double seconds = (System.nanoTime() - started) / 1e9;
    long tokens = generated.stream().flatMap(List::stream).mapToLong(g -> g.tokens().length).sum();
    if (tokens != workload.tokens()) {
      throw new IllegalStateException("sampled " + tokens + " of " + workload.tokens());
    }
    double peak = peakRssMb();
    DecodingKernels kernels = generator.kernels();
    try (Scope scope = Torch.openScope(policy.device())) {
      int most = Math.min(workload.maxBatch(), workload.sequences());
      Roofline roofline =
          new Roofline(kernels, most, workload.problems() * workload.promptTokens(), scope);
      roofline.measure();
      roofline.measure();
      double products =
          roofline.promptSeconds() + steps.rows.stream().mapToDouble(roofline::products).sum();
      double cache =
          workload.attended() * (double) kernels.cacheBytesPerToken() / roofline.bytesPerSecond();
      double flops = 2.0 * most * multiplied(policy.config());
      return new GenerationResult(
          workload.sequences(),
          tokens,
          seconds,
          tokens / seconds,
          steps.firstSeconds(started),
          peak,
          tokens / (products + cache),
          (products + cache) / seconds,
          products / seconds,
          flops / roofline.products(most) / 1e9,
          roofline.bytesPerSecond() / 1e9);
    }
  }

  /** Weights that one token is multiplied with. */
  private static double multiplied(DecoderConfig c) {
    double attention = (2.0 * c.heads() + 2.0 * c.keyValueHeads()) * c.headDim() * c.hiddenSize();
    double forward = 3.0 * c.hiddenSize() * c.intermediateSize();
    return c.layers() * (attention + forward) + (double) c.vocabSize() * c.hiddenSize();
  }

  /** The most memory resident so far; 0 where the system does not say. */
  static double peakRssMb() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
        .findFirst()
        .orElse(0);
  }

  /** How many rows each decoding step had. */
  private static final class Steps implements Generator.Progress {
    private final int maxBatch;
    private final List<Integer> rows = new ArrayList<>();
    private long sampled;
    private long firstStepAt;

    Steps(int maxBatch) {
      this.maxBatch = maxBatch;
    }

    @Override
    public void update(int finished, int running, long tokens) {
      if (firstStepAt == 0) {
        firstStepAt = System.nanoTime();
      }
      // first tokens come with the prompts, not from a decoding step
      int decoded = (int) Math.min(maxBatch, tokens - sampled - (sampled == 0 ? running : 0));
      if (decoded > 0) {
        rows.add(decoded);
      }
      sampled = tokens;
    }

    double firstSeconds(long started) {
      return (firstStepAt - started) / 1e9;
    }
  }
}
