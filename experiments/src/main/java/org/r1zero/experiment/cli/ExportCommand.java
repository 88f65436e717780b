package org.r1zero.experiment.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.rundir.RunExport;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.weights.ModelExport;
import org.r1zero.grpo.model.weights.TensorType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a model for others to load. */
@Command(
    name = "export",
    description = "Writes a run's model as a Hugging Face folder with a model card.",
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(KB|MB|GB)");

  @Parameters(
      index = "0",
      paramLabel = "RUN_OR_MODEL",
      description = "A run directory, a folder in Hugging Face layout, or embedded.")
  private String source = "";

  @Parameters(index = "1", paramLabel = "OUT", description = "A new folder.")
  private Path out = Path.of("");

  @Option(names = "--dtype", description = "fp32 or bf16; fp32 is the default.")
  private ComputeType dtype = ComputeType.FLOAT32;

  @Option(
      names = "--max-shard-size",
      description = "Weights are split into files of at most this size, such as 500MB; 4GB.",
      defaultValue = "4GB")
  private String maxShardSize = "4GB";

  @Option(
      names = "--step",
      paramLabel = "N|last|best",
      description = "A checkpoint of the run instead of its result.")
  private @Nullable String step;

  @Option(
      names = "--adapter",
      description =
          "Only the LoRA adapters, as PEFT loads them, in fp32; else they are merged into the"
              + " model.")
  private boolean adapter;

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    if (adapter && dtype != ComputeType.FLOAT32) {
      throw new ConfigException(
          "--adapter", List.of("adapters are written in fp32; leave --dtype out"));
    }
    Places.requireFolder("OUT", out);
    TensorType type = dtype == ComputeType.FLOAT32 ? TensorType.F32 : TensorType.BF16;
    new RunExport(new ModelExport(type, bytes()), adapter).write(source, step, out);
    System.err.println("written to " + out);
    if (common.json) {
      System.out.println("{\"model\":\"" + out.toString().replace("\"", "\\\"") + "\"}");
    }
    return 0;
  }

  /** transformers' units: powers of ten. */
  private long bytes() {
    Matcher size = SIZE.matcher(maxShardSize.toUpperCase(Locale.ROOT));
    if (!size.matches()) {
      throw new ConfigException(
          "--max-shard-size", List.of("must be like 500MB or 4GB, was " + maxShardSize));
    }
    long unit =
        switch (size.group(2)) {
          case "KB" -> 1_000L;
          case "MB" -> 1_000_000L;
          default -> 1_000_000_000L;
        };
    return Long.parseLong(size.group(1)) * unit;
  }
}
