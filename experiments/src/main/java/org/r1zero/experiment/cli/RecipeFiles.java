package org.r1zero.experiment.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.config.StageConfig;
import org.r1zero.experiment.config.StageKind;
import org.r1zero.experiment.run.Preflight;

/** Reads recipes; one for another command is answered with that command. */
final class RecipeFiles {
  private RecipeFiles() {}

  /** Refuses a list of arms. */
  static void requireNoArms(List<Path> files) {
    if (RecipeLoader.tree(files).has("arms")) {
      throw other(files, "compares arms", "compare");
    }
  }

  /**
   * Reads a recipe of one stage; a training recipe is its own.
   *
   * @param kinds what the stage may be
   * @param command that runs such a stage
   * @throws ConfigException with every fault, if there is any
   */
  static Recipe ofOneStage(
      List<Path> files, List<String> settings, Set<StageKind> kinds, String command)
      throws IOException {
    requireNoArms(files);
    Recipe recipe = Preflight.load(files, settings);
    List<StageConfig> stages = recipe.asPipeline().stages();
    if (stages.size() == 1 && kinds.contains(stages.get(0).kind())) {
      return recipe;
    }
    String found =
        recipe.stages().isEmpty()
            ? "has no stages"
            : stages.stream()
                .map(stage -> stage.name() + " (" + stage.kind() + ")")
                .collect(Collectors.joining(", ", "has the stages ", ""));
    String wanted =
        kinds.contains(StageKind.RL)
            ? "one stage of kind rl, or none"
            : "one, such as that of recipes/" + command + ".yaml";
    throw other(files, found + ", and r1zero " + command + " takes " + wanted, commandOf(stages));
  }

  private static String commandOf(List<StageConfig> stages) {
    if (stages.size() != 1) {
      return "pipeline";
    }
    return switch (stages.get(0).kind()) {
      case RL -> "train";
      case SFT -> "sft";
      case CURATE, REJECTION_SAMPLING -> "curate";
      default -> "pipeline";
    };
  }

  private static ConfigException other(List<Path> files, String what, String command) {
    String names = files.stream().map(Path::toString).collect(Collectors.joining(" "));
    return new ConfigException(
        names, List.of(what + "; run it by r1zero " + command + " " + names));
  }
}
