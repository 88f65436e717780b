package org.r1zero.experiment.cli;

import java.util.List;
import org.r1zero.experiment.config.RecipeLoader;
import picocli.CommandLine.Option;

/** The option of every command that trains: check all that can be checked first, and stop. */
final class DryRun {
  @Option(
      names = "--dry-run",
      description =
          "Check the recipe, its data, its models' files and what else a run needs; print every key,"
              + " counts and the memory that it will take, about; and stop.")
  boolean wanted;

  /** Prints a recipe whole, and what was found. */
  static int say(Record recipe, List<String> found) {
    System.out.print(RecipeLoader.toYaml(recipe));
    System.err.println("OK: " + String.join(System.lineSeparator(), found));
    return 0;
  }
}
