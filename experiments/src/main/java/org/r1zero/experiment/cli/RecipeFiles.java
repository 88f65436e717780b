package org.r1zero.experiment.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.RecipeLoader;

/** Which command a recipe is for; one for another command is answered with that command. */
final class RecipeFiles {
  private RecipeFiles() {}

  /** The files as they stand on a command line. */
  static String named(List<Path> files) {
    return files.stream().map(Path::toString).collect(Collectors.joining(" "));
  }

  /** Refuses stages and arms. */
  static void requireTraining(List<Path> files) {
    ObjectNode tree = RecipeLoader.tree(files);
    requireNoArms(tree, files);
    if (tree.has("stages")) {
      throw other(files, "has stages", commandOf(tree.path("stages")));
    }
  }

  /** A single stage may have a command of its own. */
  private static String commandOf(JsonNode stages) {
    if (stages.size() != 1) {
      return "pipeline";
    }
    return switch (stages.at("/0/kind").asText()) {
      case "sft" -> "sft";
      case "curate", "rejection_sampling" -> "curate";
      default -> "pipeline";
    };
  }

  /** Refuses a recipe without stages. */
  static void requireStages(List<Path> files) {
    ObjectNode tree = RecipeLoader.tree(files);
    requireNoArms(tree, files);
    if (!tree.has("stages") && tree.has("grpo")) {
      throw other(files, "has no stages", "train");
    }
  }

  private static void requireNoArms(ObjectNode tree, List<Path> files) {
    if (tree.has("arms")) {
      throw other(files, "compares arms", "compare");
    }
  }

  private static ConfigException other(List<Path> files, String what, String command) {
    String names = named(files);
    return new ConfigException(
        names, List.of(what + "; run it by r1zero " + command + " " + names));
  }
}
