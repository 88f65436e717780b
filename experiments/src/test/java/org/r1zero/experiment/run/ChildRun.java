package org.r1zero.experiment.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The command in a process of its own, to be killed. */
public final class ChildRun implements AutoCloseable {
  private final Process process;
  private final Path log;

  private ChildRun(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it.
   *
   * @param threads of libtorch
   * @param log takes what it says
   */
  public static ChildRun start(int threads, Path log, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "-Dai.djl.offline=true",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                "org.r1zero.experiment.cli.Main"));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    builder.environment().put("OMP_WAIT_POLICY", "passive");
    builder.environment().put("GOMP_SPINCOUNT", "10000");
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new ChildRun(builder.start(), log);
  }

  /** Waits until it has said something, or ended. */
  public void awaitText(String text) throws IOException, InterruptedException {
    while (process.isAlive() && !said().contains(text)) {
      Thread.sleep(5);
    }
  }

  /** Waits for its end and returns its exit code. */
  public int await() throws InterruptedException {
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("it ends").isTrue();
    return process.exitValue();
  }

  /** SIGKILL. Returns whether it was still alive. */
  public boolean kill() throws InterruptedException {
    boolean alive = process.isAlive();
    process.destroyForcibly().waitFor();
    return alive && process.exitValue() != 0;
  }

  /** Sends a signal such as {@code TERM}. */
  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  public String said() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** The only run directory below a folder. */
  static Path onlyRun(Path output) throws IOException {
    try (Stream<Path> runs = Files.list(output)) {
      List<Path> begun = runs.filter(run -> Files.exists(run.resolve("recipe.yaml"))).toList();
      assertThat(begun).hasSize(1);
      return begun.get(0);
    }
  }
}
