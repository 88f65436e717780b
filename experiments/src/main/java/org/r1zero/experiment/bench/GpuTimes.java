package org.r1zero.experiment.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.model.DecodingStep;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.PolicySnapshot;
import org.r1zero.grpo.model.SamplingParameters;
import org.r1zero.grpo.model.TokenBatch;
import org.r1zero.grpo.model.TokenLogProbs;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.OptimizerConfig;
import org.r1zero.grpo.torch.DeviceClock;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/** How long a device takes for decoding, training and handing weights over, in bf16. */
public final class GpuTimes {
  private static final int GROUP = 8;

  private final Device device;
  private final DeviceClock clock;
  private final int tokens;
  private final int repeats;

  /**
   * Sets how much is computed.
   *
   * @param tokens of a prompt, and twice as many of a training completion; a decoding step has half
   *     as many of its own
   * @param repeats how often; the median counts
   */
  public GpuTimes(Device device, int tokens, int repeats) {
    this.device = device;
    this.clock = DeviceClock.of(device);
    this.tokens = tokens;
    this.repeats = repeats;
  }

  /**
   * One measurement.
   *
   * @param what was timed
   * @param milliseconds the median
   * @param tokensPerSecond 0 where no tokens are counted
   */
  public record Timing(String what, double milliseconds, double tokensPerSecond) {}

  /** Decoding steps of so many sequences at once, in groups that share a prompt. */
  public List<Timing> decoding(DecoderConfig shape, int... rows) {
    List<Timing> timings = new ArrayList<>();
    try (PolicyModel policy =
            PolicyModel.frozen(shape, DecoderShapes.random(shape), ComputeType.BFLOAT16, device);
        Scope scope = Torch.openScope(device)) {
      DecodingKernels kernels = policy.decoding().packed(scope);
      for (int n : rows) {
        try (Scope own = scope.open()) {
          timings.add(decoding(kernels, n, own));
        }
      }
      kernels.release();
    }
    return timings;
  }

  private Timing decoding(DecodingKernels kernels, int n, Scope scope) {
    int slots = Math.max(1, n / GROUP);
    List<NDArray> prefixes = kernels.newCache(slots, tokens, scope);
    List<NDArray> rows = kernels.newCache(n, tokens, scope);
    NDArray logits = kernels.newLogits(n, scope);
    Random random = new Random(2);
    for (int s = 0; s < slots; s++) {
      int[][] prompt = {random.ints(tokens, 0, kernels.config().vocabSize()).toArray()};
      try (Scope read = scope.open()) {
        kernels.fillSlots(prefixes, kernels.prefill(prompt, tokens, read), s);
      }
    }
    int own = tokens / 2;
    long[] next = random.longs(n, 0, kernels.config().vocabSize()).toArray();
    long[] positions = new long[n];
    long[] filled = new long[n];
    Arrays.fill(positions, tokens + own);
    Arrays.fill(filled, own);
    int[] slotOf = new int[n];
    Arrays.setAll(slotOf, i -> Math.min(slots - 1, i / GROUP));
    long[] lengths = new long[slots];
    Arrays.fill(lengths, tokens);
    float[] uniforms = new float[n];
    for (int i = 0; i < n; i++) {
      uniforms[i] = random.nextFloat();
    }
    DecodingStep step = new DecodingStep(next, positions, filled, slotOf, lengths);
    SamplingParameters how = new SamplingParameters(1, 0, 1, 0);
    double milliseconds =
        median(
            () -> {
              try (Scope call = scope.open()) {
                kernels.decodeAndSample(prefixes, rows, step, uniforms, how, logits, call);
              }
            });
    return new Timing(
        "decoding step of " + n + " sequences", milliseconds, 1000 * n / milliseconds);
  }

  /** A forward and backward pass of one group, an update, and the copy that samplers read. */
  public List<Timing> training(DecoderConfig shape) {
    try (PolicyModel policy =
            new PolicyModel(shape, DecoderShapes.random(shape), ComputeType.BFLOAT16, device);
        AdamW optimizer = new AdamW(OptimizerConfig.defaults(), policy.parameters());
        PolicySnapshot snapshot = PolicySnapshot.inMemory(policy)) {
      policy.setGradientCheckpointing(true);
      Random random = new Random(3);
      int[][] completions = new int[GROUP][];
      Arrays.setAll(completions, i -> random.ints(2L * tokens, 0, shape.vocabSize()).toArray());
      int[][] prompt = {random.ints(tokens, 0, shape.vocabSize()).toArray()};
      TokenBatch batch = new TokenBatch(prompt, completions, new int[GROUP]);
      double pass =
          median(
              () -> {
                try (Scope scope = Torch.openScope(device)) {
                  TokenLogProbs current = policy.logProbsForTraining(batch, 1, scope);
                  float[] gradient = new float[current.values().length];
                  Arrays.fill(gradient, -1f / gradient.length);
                  current.backward(gradient, null);
                }
              });
      double update = median(() -> optimizer.step(1e-6));
      double copy = median(() -> snapshot.copyFrom(policy));
      return List.of(
          new Timing(
              "forward and backward pass of " + batch.rowCount() + " tokens",
              pass,
              1000 * batch.rowCount() / pass),
          new Timing("optimizer update", update, 0),
          new Timing("copy of the weights for samplers", copy, 0));
    }
  }

  private double median(Runnable work) {
    work.run(); // kernels are loaded, memory is got
    double[] times = new double[repeats];
    for (int i = 0; i < repeats; i++) {
      long started = clock.nanos();
      work.run();
      times[i] = clock.secondsSince(started) * 1e3;
    }
    Arrays.sort(times);
    return times[repeats / 2];
  }
}
