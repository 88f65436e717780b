package org.r1zero.experiment.bench;

import ai.djl.Device;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.ModelMemory;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.TokenBatch;
import org.r1zero.grpo.model.TokenLogProbs;
import org.r1zero.grpo.model.WeightNames;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.OptimizerConfig;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.Generator;
import org.r1zero.rollout.generation.SamplingConfig;

/** Whether a device computes what the CPU does: the same weights, batches and draws on both. */
public final class GpuCheck {
  private static final int VOCABULARY = 4096;
  private static final double RATE = 1e-3;
  static final DecoderConfig SHAPE = DecoderShapes.qwen2(VOCABULARY, 256, 512, 4, 8, 4, 32, true);

  private GpuCheck() {}

  /**
   * One comparison.
   *
   * @param what is compared, with the unit
   * @param difference found
   * @param allowed by rounding
   */
  public record Comparison(String what, double difference, double allowed) {
    /** Whether the difference is one of rounding. */
    public boolean passes() {
      return difference <= allowed;
    }
  }

  /**
   * What one device computed.
   *
   * @param loss minus the mean of the log-probs, whose gradient this is
   * @param weights after an update by it
   * @param samplingGap mean difference of a token's log-prob between sampling and training
   */
  record Numbers(
      double loss,
      float[] logProbs,
      float[] entropies,
      float[] gradient,
      float[] weights,
      List<Generation> samples,
      double samplingGap) {}

  /** Compares a device with the CPU. */
  public static List<Comparison> compare(Device device) {
    List<Comparison> found = new ArrayList<>();
    for (ComputeType type : ComputeType.values()) {
      found.addAll(
          compare(
              type,
              compute(device, type, DecoderShapes.random(SHAPE)),
              compute(Device.cpu(), type, DecoderShapes.random(SHAPE))));
    }
    return found;
  }

  /** Compares what a device computed with what the CPU did. */
  static List<Comparison> compare(ComputeType type, Numbers here, Numbers cpu) {
    boolean wide = type == ComputeType.FLOAT32;
    String in = wide ? " in fp32" : " in bf16";
    List<Comparison> found = new ArrayList<>();
    found.add(
        new Comparison(
            "loss" + in + ", nats",
            most(new float[] {(float) here.loss}, new float[] {(float) cpu.loss}),
            wide ? 1e-4 : 0.02));
    found.add(
        new Comparison(
            "log-probs" + in + ", nats", most(here.logProbs, cpu.logProbs), wide ? 1e-3 : 0.2));
    found.add(
        new Comparison(
            "entropies" + in + ", nats", most(here.entropies, cpu.entropies), wide ? 1e-3 : 0.2));
    found.add(
        new Comparison(
            "gradients" + in + ", share of their norm",
            share(here.gradient, cpu.gradient),
            wide ? 1e-3 : 0.1));
    found.add(
        new Comparison(
            "sampler against trainer" + in + ", mean nats", here.samplingGap, wide ? 1e-3 : 0.1));
    if (wide) { // in bf16 small gradients may change their sign, and draws at a border fall over
      found.add(
          new Comparison(
              "weights after an update" + in + ", share",
              share(here.weights, cpu.weights) / updateShare(cpu.weights, type),
              0.05));
      found.add(
          new Comparison(
              "tokens sampled differently" + in + ", share",
              changed(here.samples, cpu.samples),
              0.05));
    }
    return found;
  }

  /** What a device makes of a model of this shape. */
  static Numbers compute(Device device, ComputeType type, PolicyModel.WeightSource weights) {
    try (PolicyModel policy = new PolicyModel(SHAPE, weights, type, device);
        AdamW optimizer = new AdamW(OptimizerConfig.defaults(), policy.parameters());
        Scope scope = Torch.openScope(device);
        Generator generator = new Generator(policy)) {
      List<GenerationRequest> requests = new ArrayList<>();
      for (int p = 0; p < 4; p++) {
        int[] prompt = new Random(p).ints(5 + 7 * p, 0, VOCABULARY).toArray();
        requests.add(new GenerationRequest(prompt, LongStream.range(8L * p, 8L * p + 8).toArray()));
      }
      SamplingConfig how = new SamplingConfig(0.8, 0, 1, 0, 40, List.of(), 64);
      List<Generation> samples =
          generator.generate(requests, how, (tokens, length) -> false).stream()
              .flatMap(List::stream)
              .toList();
      TokenLogProbs own =
          policy.logProbs(
              new TokenBatch(
                  requests.stream().map(GenerationRequest::prompt).toArray(int[][]::new),
                  samples.stream().map(Generation::tokens).toArray(int[][]::new),
                  IntStream.range(0, samples.size()).map(i -> i / 8).toArray()),
              0.8,
              scope);
      double gap = gap(samples, own.values());
      TokenLogProbs fixed = policy.logProbsForTraining(batch(), 1, scope);
      float[] gradient = new float[fixed.values().length];
      Arrays.fill(gradient, -1f / gradient.length);
      float[] logProbs = fixed.values();
      float[] entropies = fixed.entropies();
      fixed.backward(gradient, null);
      float[] collected = all(SHAPE, policy::gradient);
      optimizer.step(RATE);
      return new Numbers(
          -IntStream.range(0, logProbs.length)
              .mapToDouble(i -> logProbs[i])
              .average()
              .orElseThrow(),
          logProbs,
          entropies,
          collected,
          all(SHAPE, policy::tensor),
          samples,
          gap);
    }
  }

  private static double gap(List<Generation> samples, float[] trained) {
    double sum = 0;
    int at = 0;
    for (Generation sample : samples) {
      for (float sampled : sample.policyLogProbs()) {
        sum += Math.abs(sampled - trained[at++]);
      }
    }
    return sum / at;
  }

  /** Two prompts with six completions, of all lengths. */
  private static TokenBatch batch() {
    Random random = new Random(11);
    int[][] prompts = {random.ints(30, 0, VOCABULARY).toArray(), {1, 2, 3}};
    int[][] completions = new int[6][];
    for (int i = 0; i < completions.length; i++) {
      completions[i] = random.ints(3 + 9 * i, 0, VOCABULARY).toArray();
    }
    return new TokenBatch(prompts, completions, new int[] {0, 0, 0, 1, 1, 1});
  }

  private interface Tensors {
    FloatBuffer get(String name);
  }

  private static float[] all(DecoderConfig config, Tensors tensors) {
    Map<String, long[]> shapes = WeightNames.shapes(config);
    FloatBuffer all =
        FloatBuffer.allocate((int) new ModelMemory(config, ComputeType.FLOAT32).parameters());
    shapes.keySet().forEach(name -> all.put(tensors.get(name)));
    return all.array();
  }

  private static double most(float[] one, float[] other) {
    double most = 0;
    for (int i = 0; i < one.length; i++) {
      double difference = Math.abs(one[i] - other[i]);
      most = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(most, difference);
    }
    return most;
  }

  private static double share(float[] one, float[] other) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < one.length; i++) {
      difference += ((double) one[i] - other[i]) * ((double) one[i] - other[i]);
      size += (double) other[i] * other[i];
    }
    return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.sqrt(difference / size);
  }

  /** How far the update has moved the weights, as a share of their norm. */
  private static double updateShare(float[] updated, ComputeType type) {
    try (PolicyModel fresh =
        new PolicyModel(SHAPE, DecoderShapes.random(SHAPE), type, Device.cpu())) {
      return share(updated, all(SHAPE, fresh::tensor));
    }
  }

  private static double changed(List<Generation> one, List<Generation> other) {
    long changed = 0;
    long tokens = 0;
    for (int i = 0; i < one.size(); i++) {
      int[] mine = one.get(i).tokens();
      int[] theirs = other.get(i).tokens();
      int same = Arrays.mismatch(mine, theirs);
      changed += same < 0 ? 0 : mine.length - same;
      tokens += mine.length;
    }
    return changed / (double) tokens;
  }
}
