package org.r1zero.experiment.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.r1zero.experiment.bench.GenerationBenchmark;
import org.r1zero.experiment.bench.GenerationDtype;
import org.r1zero.experiment.bench.GenerationResult;
import org.r1zero.experiment.bench.GenerationWorkload;
import org.r1zero.experiment.bench.MemorySeries;
import org.r1zero.experiment.metrics.JsonFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures sampling. */
@Command(
    name = "generate",
    description =
        "Measures sampling: tokens a second, memory, and the share of the machine's limit.",
    mixinStandardHelpOptions = true)
final class GenerateBenchCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "A folder in Hugging Face layout, or embedded.")
  private String model = "";

  @Option(
      names = "--dtype",
      description = "fp32, bf16, or int8: bf16 with weights in int8 (default: ${DEFAULT-VALUE}).")
  private String dtype = "fp32";

  @Option(names = "--problems", description = "Prompts (default: ${DEFAULT-VALUE}).")
  private int problems = 4;

  @Option(names = "--group", description = "Completions a prompt (default: ${DEFAULT-VALUE}).")
  private int group = 8;

  @Option(names = "--prompt", description = "Tokens a prompt (default: ${DEFAULT-VALUE}).")
  private int prompt = 100;

  @Option(
      names = {"--new", "--max-new-tokens"},
      description = "Tokens a completion, the longest where spread (default: ${DEFAULT-VALUE}).")
  private int newTokens = 128;

  @Option(
      names = "--lengths",
      description = "fixed, or spread: log-uniform from 16 to --new (default: fixed).")
  private GenerationWorkload.Lengths lengths = GenerationWorkload.Lengths.FIXED;

  @Option(
      names = "--max-batch",
      description = "Most sequences decoded at once (default: ${DEFAULT-VALUE}).")
  private int maxBatch = 64;

  @Option(
      names = "--rounds",
      description =
          "How often all is sampled, with other prompts each time: shows if memory stays flat"
              + " (default: ${DEFAULT-VALUE}).")
  private int rounds = 1;

  @Option(
      names = "--warmup",
      description =
          "Rounds that are not timed, after a start of three tokens"
              + " (default: ${DEFAULT-VALUE}).")
  private int warmup = 0;

  @Option(names = "--seed", description = "Decides every draw (default: ${DEFAULT-VALUE}).")
  private long seed = 42;

  @Option(
      names = "--device",
      description = "auto, cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
  private String device = "auto";

  @Mixin private CommonOptions common = new CommonOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    GenerationWorkload workload;
    GenerationDtype type;
    try {
      workload =
          new GenerationWorkload(
              problems,
              group,
              prompt,
              newTokens,
              lengths,
              maxBatch,
              new GenerationWorkload.Rounds(warmup, rounds),
              seed);
      type = GenerationDtype.of(dtype);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    GenerationResult result = GenerationBenchmark.run(model, type, device, workload);
    if (common.json) {
      System.out.println(json(result));
    } else {
      print(result);
    }
    return 0;
  }

  private ObjectNode json(GenerationResult result) {
    ObjectNode node = JsonFiles.tree(result);
    node.put("warmup", warmup).put("rounds", rounds).put("dtype", dtype);
    return node.put("lengths", lengths.name().toLowerCase(Locale.ROOT));
  }

  private void print(GenerationResult r) {
    System.out.printf("decoded by           %s%n", r.kernels());
    System.out.printf("sequences            %,12d%n", r.sequences());
    System.out.printf("tokens               %,12d%n", r.tokens());
    System.out.printf("seconds              %,12.2f%n", r.seconds());
    System.out.printf("  of these, prompts  %,12.2f%n", r.promptSeconds());
    System.out.printf("tokens/s             %,12.1f%n", r.tokensPerSecond());
    System.out.printf("roofline, tokens/s   %,12.1f%n", r.rooflineTokensPerSecond());
    System.out.printf("share of roofline    %11.1f%%%n", 100 * r.rooflineShare());
    System.out.printf("  its products alone %11.1f%%%n", 100 * r.productsShare());
    System.out.printf("products, GFLOP/s    %,12.1f%n", r.matmulGflops());
    System.out.printf("memory, GB/s         %,12.1f%n", r.memoryGbPerSecond());
    System.out.printf("peak, GFLOP/s        %,12.1f%n", r.peakGflops());
    System.out.printf("limit, tokens/s      %,12.1f%n", r.limitTokensPerSecond());
    System.out.printf("share of the limit   %11.1f%%%n", 100 * r.limitShare());
    System.out.printf("peak memory, MB      %,12.0f%n", r.peakRssMb());
    if (rounds > 1) {
      System.out.println("   sequences   resident, MB   Java heap, MB");
      for (MemorySeries.Point p : r.memory()) {
        System.out.printf("%,12d %,14.0f %,15.0f%n", p.sequences(), p.rssMb(), p.heapMb());
      }
    }
  }
}
