package org.r1zero.experiment.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that takes a recipe. */
final class RecipeOptions {
  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Changes a key, such as grpo.steps=20; may be repeated.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--seed", description = "Sets all randomness; the same as --set seed=N.")
  private @Nullable Long seed;

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = "A folder of plug-in jars with more verifiers and data sets; may be repeated.")
  private List<Path> plugins = new ArrayList<>();

  /** What changes the recipe, in the order in which it applies. */
  List<String> settings() {
    List<String> all = new ArrayList<>(settings);
    if (seed != null) {
      all.add("seed=" + seed);
    }
    if (!plugins.isEmpty()) {
      ArrayNode folders = JsonNodeFactory.instance.arrayNode();
      plugins.forEach(folder -> folders.add(folder.toString()));
      all.add("scoring.plugins=" + folders);
    }
    return all;
  }
}
