package org.r1zero.experiment.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import org.r1zero.experiment.bench.StepBenchmark;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.torch.Torch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Times whole training steps. */
@Command(
    name = "step",
    description = "Times whole training steps: rollouts, gradient, update.",
    mixinStandardHelpOptions = true)
final class StepBenchCommand implements Callable<Integer> {
  /** How completions' lengths are chosen. */
  enum Lengths {
    /** All as long as {@code --new}. */
    FIXED,
    /** From 16 to {@code --new}, most of them short. */
    SPREAD
  }

  @Option(names = "--model", paramLabel = "DIR", description = "A model folder, or embedded.")
  private String model = "embedded";

  @Option(names = "--dtype", description = "bf16 or fp32 (default: bf16).")
  private ComputeType dtype = ComputeType.BFLOAT16;

  @Option(names = "--device", description = "auto, cpu, cuda or cuda:N.")
  private String device = "auto";

  @Option(names = "--problems", description = "Problems per step (default: ${DEFAULT-VALUE}).")
  private int problems = 4;

  @Option(names = "--group", description = "Rollouts per problem (default: ${DEFAULT-VALUE}).")
  private int group = 8;

  @Option(names = "--prompt", description = "Tokens of a prompt (default: ${DEFAULT-VALUE}).")
  private int prompt = 100;

  @Option(names = "--new", description = "Tokens of a completion (default: ${DEFAULT-VALUE}).")
  private int newTokens = 128;

  @Option(names = "--lengths", description = "fixed, or spread: 16 to --new, most of them short.")
  private Lengths lengths = Lengths.FIXED;

  @Option(names = "--beta", description = "KL coefficient (default: ${DEFAULT-VALUE}).")
  private double beta = 0;

  @Option(
      names = "--micro-batch-tokens",
      description = "Tokens of a forward and backward pass (default: ${DEFAULT-VALUE}).")
  private int microBatchTokens = 1536;

  @Option(names = "--gradient-checkpointing", description = "Keep block inputs only.")
  private boolean checkpointing;

  @Option(names = "--repeat", description = "Steps that are timed (default: ${DEFAULT-VALUE}).")
  private int repeat = 1;

  @Option(names = "--warmup", description = "Steps before them (default: ${DEFAULT-VALUE}).")
  private int warmup = 0;

  @Option(names = "--threads", description = "Threads of an operation; 0 for all (default).")
  private int threads = 0;

  @Mixin private CommonOptions common = new CommonOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    StepBenchmark.Load load;
    try {
      load =
          new StepBenchmark.Load(
              problems,
              group,
              prompt,
              newTokens,
              lengths == Lengths.SPREAD,
              beta,
              microBatchTokens,
              checkpointing,
              repeat,
              warmup);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    if (threads > 0) {
      Torch.setThreads(threads);
    }
    StepBenchmark.Result result = StepBenchmark.run(model, dtype, device, load);
    if (common.json) {
      System.out.println(new ObjectMapper().writeValueAsString(json(result)));
    } else {
      print(result);
    }
    return 0;
  }

  private ObjectNode json(StepBenchmark.Result result) {
    StepBenchmark.Step step = result.median();
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("seconds", step.seconds());
    ObjectNode phases = root.putObject("phases");
    phases.put("rollout", step.rollout());
    phases.put("score", step.score());
    phases.put("train", step.train());
    phases.put("forward", step.forward());
    phases.put("backward", step.backward());
    phases.put("optimizer", step.optimizer());
    phases.put("publish", step.publish());
    root.put("tokens_per_s", step.tokens() / step.seconds());
    root.put("peak_rss_mb", result.peakRssMb());
    double least = result.limit().seconds(step.rows(), step.tokens());
    ObjectNode limit = root.putObject("matmul_limit");
    limit.put("gflops_per_s", result.limit().gflopsPerSecond());
    limit.put("train_seconds", least);
    limit.put("train_share", least / step.train());
    root.put("completion_tokens", step.tokens());
    root.put("training_rows", step.rows());
    var all = root.putArray("steps");
    result.steps().forEach(s -> all.add(s.seconds()));
    return root;
  }

  private void print(StepBenchmark.Result result) {
    StepBenchmark.Step step = result.median();
    System.out.printf("%-12s %9s%n", "phase", "seconds");
    Object[][] lines = {
      {"rollout", step.rollout()},
      {"score", step.score()},
      {"forward", step.forward()},
      {"backward", step.backward()},
      {"optimizer", step.optimizer()},
      {"publish", step.publish()},
      {"whole step", step.seconds()},
      {"train", step.train()}
    };
    for (Object[] line : lines) {
      System.out.printf("%-12s %9.3f%n", line);
    }
    double least = result.limit().seconds(step.rows(), step.tokens());
    System.out.printf(
        "%d completion tokens, %.0f a second; peak memory %.0f MB%n",
        step.tokens(), step.tokens() / step.seconds(), result.peakRssMb());
    System.out.printf(
        "training's matrix products alone: %.2f s at %.0f GFLOP/s, %.0f %% of the time taken%n",
        least, result.limit().gflopsPerSecond(), 100 * least / step.train());
  }
}
