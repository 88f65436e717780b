package org.r1zero.experiment.cli;

import java.util.Arrays;
import java.util.Set;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.run.StoppedException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
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
      EvaluateCommand.class,
      CompareCommand.class,
      ReportCommand.class,
      DashboardCommand.class,
      GenerateCommand.class,
      ExportCommand.class,
      VerifyCommand.class,
      CurateCommand.class,
      SftCommand.class,
      PipelineCommand.class,
      BenchCommand.class,
      MakeBaseCommand.class
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private Main() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs a command and returns its exit code. */
  static int run(String... args) {
    boolean verbose = Arrays.asList(args).contains("--verbose");
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(
            (fault, arguments) -> {
              CommandLine command = fault.getCommandLine();
              command.getErr().println("error: " + fault.getMessage());
              UnmatchedArgumentException.printSuggestions(fault, command.getErr());
              command
                  .getErr()
                  .println(command.getCommandSpec().qualifiedName() + " --help lists all options");
              return command.getCommandSpec().exitCodeOnInvalidInput();
            })
        .setExecutionExceptionHandler(
            (fault, command, parsed) -> {
              if (verbose) {
                fault.printStackTrace(command.getErr());
              }
              if (fault instanceof StoppedException stopped) {
                command.getErr().println(stopped.getMessage());
                command.getErr().flush();
                return stopped.exitCode();
              }
              command.getErr().println("error: " + Faults.message(fault));
              command.getErr().flush();
              return fault instanceof ConfigException ? 2 : 1;
            })
        .execute(args);
  }

  /** The commands' names, in the order of the help. */
  static Set<String> commands() {
    return new CommandLine(new Main()).getSubcommands().keySet();
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name a command: " + String.join(", ", spec.subcommands().keySet()));
  }
}
