package org.r1zero.experiment.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.verify.FileVerification;
import org.r1zero.experiment.verify.VerifySummary;
import org.r1zero.verify.Verifiers;
import org.r1zero.verify.records.Records;
import org.r1zero.verify.reward.PortableVerifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Judges a file of completions. */
@Command(
    name = "verify",
    description = {
      "Judges a file of completions with any verifier.",
      "Each line is a JSON object (or a row of a .parquet, .csv or .tsv file): id, gold, completion; what else the verifier needs (for code:"
          + " prompt, tests, entry_point); and, where it is known, expected (0 or 1).",
      "Exit code: 0 every line was judged, 1 a line could not be read, the verifier failed on"
          + " one, or --min-agreement was missed, 2 wrong use."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..1", paramLabel = "FILE.jsonl", description = "One object a line.")
  private @Nullable Path file;

  @Option(names = "--verifier", paramLabel = "NAME", description = "Who judges; --list has all.")
  private @Nullable String name;

  @Option(
      names = "--options",
      paramLabel = "JSON",
      description = "The verifier's options, such as '{\"mode\": \"soft\"}'.")
  private String options = "{}";

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = "A folder of plug-in jars with more verifiers; may be repeated.")
  private List<Path> plugins = new ArrayList<>();

  @Option(names = "--list", description = "List all verifiers and stop.")
  private boolean list;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Write the verdicts there, one JSON object a line, or Parquet where the name ends in"
              + " .parquet; interrupted, the same command goes on. A device or pipe, such as /dev/stdout,"
              + " is written to as verdicts come.")
  private @Nullable Path out;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Completions judged at a time (default: one a core).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "The longest time for one verdict (default: ${DEFAULT-VALUE}).")
  private double timeout = 60;

  @Option(
      names = "--min-agreement",
      paramLabel = "SHARE",
      description = "Exit with 1 where a smaller share agrees with expected, such as 0.95.")
  private double minAgreement;

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    if (list) {
      Verifiers known = discover();
      for (Verifiers.Found found : known.found()) {
        System.out.printf("%-16s %s%n", found.id(), found.description());
      }
      return 0;
    }
    Path input = input();
    VerifySummary summary = new FileVerification(verifier(), threads).run(input, out);
    VerifyReport.table(summary, common.json ? System.err : System.out);
    VerifyReport.faults(summary, System.err);
    if (common.json) {
      System.out.println(VerifyReport.json(summary));
    }
    if (summary.agreement() < minAgreement) {
      System.err.printf("agreement %.4f is below %s%n", summary.agreement(), minAgreement);
      return 1;
    }
    return summary.isComplete() ? 0 : 1;
  }

  private Verifiers discover() {
    try {
      return Verifiers.discover(plugins);
    } catch (IllegalArgumentException e) {
      throw wrongUse("--plugins: " + e.getMessage());
    }
  }

  private Path input() throws IOException {
    if (threads < 1 || !(timeout > 0 && timeout <= 86_400)) {
      throw wrongUse("--threads must be >= 1 and --timeout within (0, 86400] seconds");
    }
    if (!(minAgreement >= 0 && minAgreement <= 1)) {
      throw wrongUse("--min-agreement must be within 0 and 1, was " + minAgreement);
    }
    if (file == null) {
      throw wrongUse("name the file to be judged");
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw wrongUse("there is no readable file " + file);
    }
    if (out != null && Files.exists(out) && Files.isSameFile(out, file)) {
      throw wrongUse("--out must be another file than the one that is judged");
    }
    if (out != null) {
      Places.requireNewFile("--out", out);
    }
    return file;
  }

  private PortableVerifier verifier() {
    Verifiers known = discover();
    if (name == null) {
      throw wrongUse("name a --verifier: " + String.join(", ", known.ids()));
    }
    try {
      JsonNode node = JSON.readTree(options);
      PortableVerifier verifier =
          new PortableVerifier(
              name,
              node,
              plugins.stream().map(folder -> folder.toAbsolutePath().toString()).toList(),
              Duration.ofNanos((long) (timeout * 1_000_000_000)));
      verifier.open();
      return verifier;
    } catch (JsonProcessingException e) {
      throw wrongUse("--options is not JSON: " + Records.why(e) + "; give {\"option\": value}");
    } catch (IllegalArgumentException e) {
      throw wrongUse(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException wrongUse(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
