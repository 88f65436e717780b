package org.r1zero.experiment.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.r1zero.experiment.dashboard.DashboardServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows runs in a browser. */
@Command(
    name = "dashboard",
    description = "Serves a live page of running and finished runs, to this machine alone.",
    mixinStandardHelpOptions = true)
final class DashboardCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "RUNS",
      description = "The folder with run directories (default: ${DEFAULT-VALUE}).")
  private Path runs = Path.of("runs");

  @Option(
      names = "--host",
      description =
          "The address to listen on (default: ${DEFAULT-VALUE}); others let everybody who reaches"
              + " this machine read the runs.")
  private String host = "127.0.0.1";

  @Option(names = "--port", description = "0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port = 7070;

  @Override
  public Integer call() throws Exception {
    try (DashboardServer server = new DashboardServer(runs, host, port)) {
      System.out.println("dashboard at " + server.address() + " (stop with Ctrl-C)");
      new CountDownLatch(1).await();
    }
    return 0;
  }
}
