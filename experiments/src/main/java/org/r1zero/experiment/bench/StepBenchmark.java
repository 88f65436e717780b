package org.r1zero.experiment.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.model.ModelFolder;
import org.r1zero.grpo.AdvantageConfig;
import org.r1zero.grpo.EntropyConfig;
import org.r1zero.grpo.GrpoConfig;
import org.r1zero.grpo.GrpoTrainer;
import org.r1zero.grpo.LossConfig;
import org.r1zero.grpo.OffPolicyConfig;
import org.r1zero.grpo.ReferenceConfig;
import org.r1zero.grpo.RolloutBatch;
import org.r1zero.grpo.RunSettings;
import org.r1zero.grpo.Surroundings;
import org.r1zero.grpo.advantage.GroupRelative;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.faults.Faults;
import org.r1zero.grpo.health.HealthConfig;
import org.r1zero.grpo.health.HealthMonitor;
import org.r1zero.grpo.loss.LossType;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.ComputingTime;
import org.r1zero.grpo.model.MatmulLimit;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.OptimizerConfig;
import org.r1zero.grpo.torch.DeviceClock;
import org.r1zero.rollout.generation.Draws;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.Generator;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.StopCondition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Times whole training steps on made-up problems: rollouts of a given length, rewards drawn at
 * random, the gradient, the update, the weights handed to the next rollouts.
 */
public final class StepBenchmark {
  private static final Logger LOG = LoggerFactory.getLogger(StepBenchmark.class);
  private static final int SHORTEST = 16;
  private final Load load;
  private final PolicyModel policy;
  private final DeviceClock clock;
  private final @Nullable PolicyModel reference;
  private final List<Step> steps = new ArrayList<>();
  private double rolloutSeconds;
  private double publishSeconds;
  private long started;
  private long rows;
  private long tokens;
  private ComputingTime before = new ComputingTime(0, 0);
  private double scoredBefore;

  /**
   * What is timed.
   *
   * @param problems in a step
   * @param group rollouts per problem
   * @param prompt tokens of each prompt
   * @param newTokens tokens of each completion; with {@code spread} of the longest
   * @param spread whether lengths vary from 16 up, most of them short
   * @param beta of the KL term; above 0 a reference policy scores as well
   * @param microBatchTokens most tokens of one forward and backward pass
   * @param repeat steps that are timed
   * @param warmup steps before them
   */
  public record Load(
      int problems,
      int group,
      int prompt,
      int newTokens,
      boolean spread,
      double beta,
      int microBatchTokens,
      boolean gradientCheckpointing,
      int repeat,
      int warmup) {

    /** Checks the ranges; all faults are named at once. */
    public Load {
      Faults faults = new Faults();
      faults.atLeast(1, "--problems", problems);
      faults.atLeast(2, "--group", group);
      faults.atLeast(1, "--prompt", prompt);
      faults.atLeast(1, "--new", newTokens);
      faults.atLeast(1, "--micro-batch-tokens", microBatchTokens);
      faults.atLeast(1, "--repeat", repeat);
      faults.atLeast(0, "--warmup", warmup);
      faults.require(beta >= 0, "--beta", "must be >= 0, was " + beta);
      faults.check();
    }
  }

  /**
   * One step, all in seconds.
   *
   * @param seconds the whole
   * @param rollout sampling
   * @param score the reference's log-probs
   * @param forward of the policy
   * @param backward of the policy
   * @param optimizer clipping and update, and what else training does
   * @param publish packing the weights for the rollouts
   * @param tokens sampled
   * @param rows that training computed: each prompt once
   */
  public record Step(
      double seconds,
      double rollout,
      double score,
      double forward,
      double backward,
      double optimizer,
      double publish,
      long tokens,
      long rows) {

    /** All but sampling and scoring. */
    public double train() {
      return seconds - rollout - score;
    }
  }

  /**
   * What came out.
   *
   * @param steps the timed ones
   * @param limit the machine's matrix products alone, measured afterwards
   * @param peakRssMb the process's largest resident memory so far, before the limit was measured
   */
  public record Result(List<Step> steps, MatmulLimit.Result limit, double peakRssMb) {

    /** The step of median length. */
    public Step median() {
      return steps.stream()
          .sorted(java.util.Comparator.comparingDouble(Step::seconds))
          .toList()
          .get(steps.size() / 2);
    }
  }

  private StepBenchmark(Load load, PolicyModel policy, @Nullable PolicyModel reference) {
    this.load = load;
    this.policy = policy;
    this.clock = DeviceClock.of(policy.device());
    this.reference = reference;
  }

  /** Times steps of a model. */
  public static Result run(String model, ComputeType dtype, String device, Load load)
      throws IOException {
    try (ModelFolder folder = ModelFolder.open(model);
        PolicyModel policy = folder.policy(dtype, device);
        PolicyModel reference = load.beta > 0 ? folder.policy(dtype, device) : null) {
      StepBenchmark benchmark = new StepBenchmark(load, policy, reference);
      benchmark.train();
      double peak = ProcessMemory.peakMb();
      int limitRows = (int) Math.min(benchmark.rows, load.microBatchTokens);
      MatmulLimit.Result limit =
          MatmulLimit.measure(policy.config(), dtype, policy.device(), limitRows);
      return new Result(benchmark.steps.subList(load.warmup, benchmark.steps.size()), limit, peak);
    }
  }

  private void train() {
    GrpoConfig config =
        new GrpoConfig(
            load.warmup + load.repeat,
            load.problems,
            load.group,
            1,
            1,
            load.microBatchTokens,
            load.gradientCheckpointing,
            GroupRelative.Scale.GROUP,
            false,
            AdvantageConfig.defaults(),
            new LossConfig(LossType.GRPO, 0.2, 0.2, load.beta),
            EntropyConfig.defaults(),
            OffPolicyConfig.defaults(),
            ReferenceConfig.defaults(),
            OptimizerConfig.defaults());
    try (AdamW optimizer = new AdamW(config.optimizer(), policy.parameters())) {
      Surroundings around =
          new Surroundings(
              policy,
              optimizer,
              new HealthMonitor(HealthConfig.defaults(), LOG::warn),
              (report, state) -> {
                finish();
                return true;
              });
      RunSettings settings = new RunSettings(42, 1, load.newTokens);
      new GrpoTrainer(config, settings, around, reference, this::collect).train();
    }
  }

  private RolloutBatch collect(long step, long version) {
    started = clock.nanos();
    before = policy.computingTime();
    scoredBefore = reference == null ? 0 : reference.computingTime().forwardSeconds();
    Random random = new Random(step);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int p = 0; p < load.problems; p++) {
      int[] prompt = new int[load.prompt];
      Arrays.setAll(prompt, i -> random.nextInt(policy.config().vocabSize()));
      long[] seeds = new long[load.group];
      int problem = p;
      Arrays.setAll(seeds, s -> Draws.seed(step, problem, s));
      requests.add(new GenerationRequest(prompt, seeds));
    }
    SamplingConfig sampling =
        new SamplingConfig(1, 0, 1, 0, load.newTokens, List.of(), load.problems * load.group);
    List<List<Generation>> generated;
    long from = clock.nanos();
    // as a run's worker does it: packed weights are not kept while the policy is trained
    try (Generator generator = new Generator(policy)) {
      publishSeconds = clock.secondsSince(from);
      generated = generator.generate(requests, sampling, stop());
    }
    List<RolloutGroup> groups = new ArrayList<>();
    tokens = 0;
    rows = 0;
    for (int p = 0; p < generated.size(); p++) {
      List<Rollout> rollouts = new ArrayList<>();
      rows += load.prompt;
      for (Generation g : generated.get(p)) {
        tokens += g.tokens().length;
        rows += g.tokens().length - 1;
        rollouts.add(
            new Rollout(g.tokens(), g.policyLogProbs(), random.nextDouble(), false, version));
      }
      groups.add(new RolloutGroup("made-up-" + p, requests.get(p).prompt(), rollouts));
    }
    rolloutSeconds = clock.secondsSince(started) - publishSeconds;
    return new RolloutBatch(groups, Map.of());
  }

  /** Fixed lengths never stop; spread ones stop at a length that their first tokens decide. */
  private StopCondition stop() {
    if (!load.spread || load.newTokens <= SHORTEST) {
      return (sampled, length) -> false;
    }
    double factor = Math.log((double) load.newTokens / SHORTEST);
    return (sampled, length) -> {
      long hash = Draws.seed(sampled[0], length > 1 ? sampled[1] : 0, 7);
      double uniform = (hash >>> 11) * 0x1.0p-53;
      return length >= SHORTEST && length >= SHORTEST * Math.exp(factor * uniform);
    };
  }

  private void finish() {
    double seconds = clock.secondsSince(started);
    ComputingTime now = policy.computingTime();
    double forward = now.forwardSeconds() - before.forwardSeconds();
    double backward = now.backwardSeconds() - before.backwardSeconds();
    double score =
        reference == null ? 0 : reference.computingTime().forwardSeconds() - scoredBefore;
    double rest = seconds - rolloutSeconds - score - forward - backward - publishSeconds;
    steps.add(
        new Step(
            seconds, rolloutSeconds, score, forward, backward, rest, publishSeconds, tokens, rows));
  }
}
