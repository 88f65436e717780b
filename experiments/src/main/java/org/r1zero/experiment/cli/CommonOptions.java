package org.r1zero.experiment.cli;

import picocli.CommandLine.Option;

/** Options of every command that trains or samples. */
final class CommonOptions {
  @Option(
      names = "--json",
      description = "Print the result as one JSON object on the last line of standard output.")
  boolean json;

  @Option(names = "--verbose", description = "Show the stack trace of a fault.")
  boolean verbose;
}
