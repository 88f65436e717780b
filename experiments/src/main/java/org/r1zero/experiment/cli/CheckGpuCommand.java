package org.r1zero.experiment.cli;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.r1zero.experiment.bench.DecoderShapes;
import org.r1zero.experiment.bench.GpuCheck;
import org.r1zero.experiment.bench.GpuTimes;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.verify.process.LineProcess;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Checks a GPU against the CPU, and times it. */
@Command(
    name = "check-gpu",
    description =
        "Compares losses, log-probs, gradients, updates and samples of a GPU with the CPU's, times decoding"
            + " and training with random weights, and prints a page to send in. Ends with 1 where a"
            + " number differs by more than rounding.",
    mixinStandardHelpOptions = true)
final class CheckGpuCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TOOL_TIME = Duration.ofSeconds(30);

  @Option(
      names = "--device",
      description = "auto, cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
  private String device = "cuda";

  @Option(
      names = "--shapes",
      split = ",",
      description =
          "What to time: tiny, 135m, 1.5b, 7b; none where empty (default: 135m,1.5b,7b, on a CPU"
              + " tiny).")
  private List<String> shapes = List.of();

  @Option(
      names = "--sequences",
      split = ",",
      description = "Decoded at once (default: ${DEFAULT-VALUE}).")
  private int[] sequences = {64, 256};

  @Option(names = "--prompt", description = "Tokens per prompt (default: ${DEFAULT-VALUE}).")
  private int prompt = 256;

  @Option(names = "--repeats", description = "Runs per figure (default: ${DEFAULT-VALUE}).")
  private int repeats = 9;

  @Mixin private CommonOptions common = new CommonOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    Map<String, DecoderConfig> known = DecoderShapes.all();
    Device chosen = Torch.device(device);
    List<String> wanted =
        !shapes.isEmpty()
            ? shapes
            : chosen.isGpu() ? List.of("135m", "1.5b", "7b") : List.of("tiny");
    for (String shape : wanted) {
      if (!known.containsKey(shape)) {
        throw wrong("--shapes must be among " + known.keySet() + ", was " + shape);
      }
    }
    if (prompt < 2 || repeats < 1 || sequences.length == 0) {
      throw wrong("--prompt must be >= 2, --repeats >= 1, --sequences one number or more");
    }
    header(chosen);
    ObjectNode result = JSON.createObjectNode();
    ArrayNode compared = result.putArray("compared");
    ArrayNode timed = result.putArray("timed");
    List<String> failed = new ArrayList<>();
    for (GpuCheck.Comparison c : GpuCheck.compare(chosen)) {
      if (!c.passes()) {
        failed.add(c.what().replaceFirst(",.*", ""));
      }
      compared.addObject().put("what", c.what()).put("difference", c.difference());
      System.out.printf(
          "| %-43s | %9.2e | %7.0e | %-4s |%n",
          c.what(), c.difference(), c.allowed(), c.passes() ? "ok" : "FAIL");
    }
    System.out.printf(
        "%n| %-5s | %-40s | %12s | %9s |%n", "size", "bf16", "ms, median", "tokens/s");
    System.out.println("| --- | --- | ---: | ---: |");
    GpuTimes times = new GpuTimes(chosen, prompt, repeats);
    for (String shape : wanted) {
      DecoderConfig config = known.get(shape);
      if (config != null) {
        measure(shape, () -> times.decoding(config, sequences), timed);
        measure(shape, () -> times.training(config), timed);
      }
    }
    System.out.println();
    System.out.println(
        failed.isEmpty()
            ? "All numbers agree. Please send this page in: it is the record that docs/gpu.md lacks."
            : "These differ by more than rounding: "
                + String.join("; ", failed)
                + ". Please send this page in as a fault.");
    if (common.json) {
      System.out.println(JSON.writeValueAsString(result.put("passed", failed.isEmpty())));
    }
    return failed.isEmpty() ? 0 : 1;
  }

  private ParameterException wrong(String fault) {
    return new ParameterException(spec.commandLine(), fault);
  }

  private void header(Device chosen) {
    System.out.println("# r1zero check-gpu");
    System.out.println();
    System.out.println("- " + new Version().getVersion()[0] + ", Java " + Runtime.version());
    System.out.printf(
        "- %s %s, %d processors%n",
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors());
    System.out.println("- device " + (chosen.isGpu() ? "cuda:" + chosen.getDeviceId() : "cpu"));
    System.out.println("- " + Torch.autoReason());
    if (chosen.isGpu()) {
      System.out.printf("- %.1f GB free%n", Torch.freeBytes(chosen) / 1e9);
      card();
    }
    System.out.println();
    System.out.printf(
        "| %-43s | %9s | %7s | %-4s |%n", "compared with the CPU", "found", "allowed", "");
    System.out.println("| --- | ---: | ---: | --- |");
  }

  /** What NVIDIA's tool says, where it is there. */
  private static void card() {
    List<String> command =
        List.of(
            "nvidia-smi",
            "--query-gpu=index,name,driver_version,memory.total",
            "--format=csv,noheader");
    try {
      LineProcess.run(command, TOOL_TIME).forEach(line -> System.out.println("- " + line));
    } catch (IOException e) {
      System.out.println("- nvidia-smi can't be asked: " + e.getMessage());
    }
  }

  private interface Measurement {
    List<GpuTimes.Timing> get();
  }

  /** What has no room is said, and the rest goes on. */
  private static void measure(String shape, Measurement measurement, ArrayNode timed) {
    try {
      for (GpuTimes.Timing t : measurement.get()) {
        ObjectNode node = timed.addObject().put("shape", shape).put("what", t.what());
        node.put("ms", t.milliseconds()).put("tokens_per_s", t.tokensPerSecond());
        System.out.printf(
            "| %-5s | %-40s | %,12.2f | %9s |%n",
            shape,
            t.what(),
            t.milliseconds(),
            t.tokensPerSecond() == 0 ? "" : String.format("%,.0f", t.tokensPerSecond()));
      }
    } catch (RuntimeException e) {
      if (!Torch.isOutOfMemory(e)) {
        throw e;
      }
      System.out.printf("| %-5s | %-40s | %12s | %9s |%n", shape, "no memory for it", "", "");
    }
  }
}
