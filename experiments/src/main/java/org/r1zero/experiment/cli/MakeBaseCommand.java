package org.r1zero.experiment.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.r1zero.coldstart.corpus.BaseModelMaker;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.grpo.files.Hashes;
import org.r1zero.grpo.health.HealthConfig;
import org.r1zero.grpo.health.HealthMonitor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes the embedded base model again. */
@Command(
    name = "make-base",
    description = "Makes an embedded base model again, from a seed.",
    mixinStandardHelpOptions = true)
final class MakeBaseCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "The model's folder; must not exist.")
  private Path target = Path.of("base");

  @Option(names = "--seed", description = "Decides everything (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--size",
      description = "The network: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private BaseModelMaker.Size size = BaseModelMaker.Size.STANDARD;

  @Option(names = "--steps", description = "Optimizer updates (default: ${DEFAULT-VALUE}).")
  private int steps = 2500;

  @Override
  public Integer call() throws Exception {
    if (steps < 1) {
      throw new ConfigException("--steps", List.of("must be >= 1, was " + steps));
    }
    Places.requireFolder("DIR", target);
    long started = System.nanoTime();
    new BaseModelMaker(size, seed, steps)
        .make(
            target,
            new HealthMonitor(HealthConfig.defaults(), System.err::println),
            (report, state) -> {
              if (report.step() % 25 == 0 || report.step() + 1 == steps) {
                double seconds = (System.nanoTime() - started) / 1e9;
                System.err.printf(
                    "step %d/%d  loss %.4f  grad_norm %.2f  %.0f tokens/s  %.0f s%n",
                    report.step(),
                    steps,
                    report.metric("loss"),
                    report.metric("grad_norm"),
                    report.metric("num_tokens") / seconds,
                    seconds);
              }
              return true;
            });
    Path weights = target.resolve("model.safetensors");
    System.err.println("wrote " + target);
    System.err.println("sha256 of " + weights + ": " + Hashes.sha256(weights));
    return 0;
  }
}
