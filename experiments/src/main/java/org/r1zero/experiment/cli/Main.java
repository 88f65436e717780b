package org.r1zero.experiment.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Set;
import org.r1zero.experiment.metrics.Console;
import org.r1zero.experiment.metrics.Style;
import org.r1zero.experiment.run.StoppedException;
import org.r1zero.grpo.model.ComputeType;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The {@code r1zero} command. Exit codes: 0 done, 1 failed, 2 wrong use, 128 + n stopped by signal
 * n.
 */
@Command(
    name = "r1zero",
    description = "Trains reasoning models by reinforcement learning.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      DemoCommand.class,
      TrainCommand.class,
      ExplainCommand.class,
      ImportConfigCommand.class,
      EvaluateCommand.class,
      CompareCommand.class,
      ReportCommand.class,
      DashboardCommand.class,
      GenerateCommand.class,
      ExportCommand.class,
      VerifyCommand.class,
      DataCommand.class,
      CurateCommand.class,
      SftCommand.class,
      PipelineCommand.class,
      BenchCommand.class,
      MakeBaseCommand.class,
      SetupGpuCommand.class,
      CheckGpuCommand.class
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private Main() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /**
   * Runs a command and returns its exit code. All that it prints passes {@link Console}, libraries'
   * messages too.
   */
  static int run(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    Console said = Console.standardError(err);
    System.setOut(Console.of(out));
    System.setErr(said);
    try {
      return run(said, args);
    } finally {
      System.out.flush();
      System.setOut(out);
      System.setErr(err);
    }
  }

  private static int run(Console said, String... args) {
    boolean verbose = Arrays.asList(args).contains("--verbose");
    CommandLine commands =
        new CommandLine(new Main())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .registerConverter(ComputeType.class, Main::computeType)
            .setParameterExceptionHandler((fault, arguments) -> wrongUse(fault, said))
            .setExecutionExceptionHandler(
                (fault, command, parsed) -> failed(fault, command.getCommandSpec(), verbose, said));
    try {
      return commands.execute(args);
    } catch (OutOfMemoryError | StackOverflowError | LinkageError e) {
      return failed(e, commands.getCommandSpec(), verbose, said);
    }
  }

  /** The names of the commands, in the order of the help. */
  static Set<String> commands() {
    return new CommandLine(new Main()).getSubcommands().keySet();
  }

  /** By the names that recipes have. */
  private static ComputeType computeType(String name) {
    return ComputeType.named(name)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "must be float32 (fp32) or bfloat16 (bf16), was " + name));
  }

  private static int wrongUse(ParameterException fault, Console said) {
    CommandLine command = fault.getCommandLine();
    String message = OptionWords.in(words(fault), command.getCommandSpec());
    said.say("error: " + message, Style.BAD);
    PrintWriter writer = command.getErr();
    UnmatchedArgumentException.printSuggestions(fault, writer);
    writer.flush();
    said.println(command.getCommandSpec().qualifiedName() + " --help lists all options");
    return Faults.WRONG_USE;
  }

  /** picocli's messages without the names of Java's types and of its own parts. */
  private static String words(ParameterException fault) {
    String message = String.valueOf(fault.getMessage());
    if (fault instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
      String first = unmatched.getUnmatched().get(0);
      return fault.getCommandLine().getSubcommands().isEmpty()
          ? "'" + first + "' is more than this command takes"
          : "there is no command '" + first + "'";
    }
    return message
        .replaceFirst(" is not an? (?:long|int)$", " is not a whole number")
        .replaceFirst(" is not a double$", " is not a number");
  }

  private static int failed(Throwable fault, CommandSpec command, boolean verbose, Console said) {
    if (verbose) {
      fault.printStackTrace(said);
    }
    if (fault instanceof StoppedException stopped) {
      said.println(stopped.getMessage());
      return stopped.exitCode();
    }
    boolean offerTrace = !verbose && command.findOption("--verbose") != null;
    String message = OptionWords.in(Faults.message(fault, offerTrace), command);
    said.say("error: " + message, Style.BAD);
    return Faults.exitCode(fault);
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name a command: " + String.join(", ", spec.subcommands().keySet()));
  }
}
