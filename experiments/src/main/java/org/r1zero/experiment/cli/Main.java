package org.r1zero.experiment.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code r1zero} command. */
@Command(
    name = "r1zero",
    description = "Trains reasoning models by reinforcement learning.",
    mixinStandardHelpOptions = true,
    subcommands = {MakeBaseCommand.class})
public final class Main {
  private Main() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
