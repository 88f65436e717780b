package org.r1zero.experiment.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.metrics.Progress;
import org.r1zero.experiment.run.R1ZeroRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains the embedded model in a few minutes. */
@Command(
    name = "demo",
    description = "Trains the embedded base model by R1-Zero GRPO in a few minutes.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Option(names = "--seed", description = "Sets all randomness.")
  private @Nullable Long seed;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Changes a key of the demo's recipe; may be repeated.")
  private List<String> settings = new ArrayList<>();

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    if (seed != null) {
      settings.add("seed=" + seed);
    }
    Recipe recipe = loadRecipe();
    System.err.println(
        "R1-Zero GRPO on the embedded base model: it is sampled, its answers are checked by a rule,"
            + " and what was better than the rest of its group becomes likelier.");
    Progress progress =
        new Progress(System.err, recipe.grpo().steps(), recipe.rewards().get(0).column());
    RunReport.print(new R1ZeroRun(recipe, progress).run(), common.json);
    return 0;
  }

  private Recipe loadRecipe() throws IOException {
    Path copy = Files.createTempFile("r1zero-demo", ".yaml");
    try (InputStream in = DemoCommand.class.getResourceAsStream("/org/r1zero/demo.yaml")) {
      if (in == null) {
        throw new IllegalStateException("this build lacks the demo's recipe");
      }
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      return RecipeLoader.load(List.of(copy), settings);
    } finally {
      Files.deleteIfExists(copy);
    }
  }
}
