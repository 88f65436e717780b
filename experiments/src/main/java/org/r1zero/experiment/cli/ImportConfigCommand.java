package org.r1zero.experiment.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.ImportedRecipe;
import org.r1zero.experiment.config.RecipeLoader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a recipe of another trainer's configuration. */
@Command(
    name = "import-config",
    description = {
      "Makes a recipe of a configuration of TRL or verl, and lists what has no counterpart.",
      "FILE is a GRPOConfig of TRL in YAML or JSON, a configuration of verl in YAML, or a script or"
          + " a list with verl's key=value words. The recipe goes to standard output, the list to"
          + " standard error."
    },
    mixinStandardHelpOptions = true)
final class ImportConfigCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "FILE", description = "The configuration.")
  private Path file = Path.of("");

  @Parameters(
      index = "1..*",
      paramLabel = "KEY=VALUE",
      description = "More of verl's words, such as data.train_batch_size=64; they win.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "RECIPE.yaml",
      description = "Write the recipe there; a file that exists is not written over.")
  private @Nullable Path out;

  @Override
  public Integer call() throws IOException {
    Path target = out;
    if (target != null && Files.exists(target)) {
      throw new ConfigException(target.toString(), List.of("exists already; name another file"));
    }
    if (target != null) {
      Places.requireNewFile("--out", target);
    }
    ImportedRecipe imported = ImportedRecipe.of(file, overrides);
    String yaml =
        String.format(
            "# Made of %s's %s by r1zero import-config\n%s",
            imported.tool(), file.getFileName(), RecipeLoader.toYaml(imported.recipe()));
    if (target == null) {
      System.out.print(yaml);
    } else {
      Files.writeString(target, yaml);
      System.err.println("wrote " + target);
    }
    list("left out:", imported.leftOut());
    list("to check:", imported.toCheck());
    return 0;
  }

  private static void list(String title, List<String> lines) {
    if (!lines.isEmpty()) {
      System.err.println(title);
      lines.forEach(line -> System.err.println("  " + line));
    }
  }
}
