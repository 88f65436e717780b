package org.r1zero.experiment.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.r1zero.experiment.config.PromptConfig;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.metrics.Console;
import org.r1zero.experiment.metrics.Style;

/** What to do with a finished run: commands that work as they are printed. */
final class NextSteps {
  private NextSteps() {}

  static void print(Path run, Recipe recipe) {
    Console out = Console.of(System.err);
    out.println("\nwhat next:");
    Path parent = run.toAbsolutePath().getParent();
    Path runs = run.isAbsolute() || run.getParent() == null ? parent : run.getParent();
    for (String command :
        List.of(
            "report " + quoted(run.toString()),
            "dashboard " + quoted(String.valueOf(runs)),
            generate(run, recipe),
            "export " + quoted(run.toString()) + " MY_MODEL")) {
      out.say("  ./r1zero " + command, Style.BOLD);
    }
  }

  /** The model gets questions as it was trained on them. */
  private static String generate(Path run, Recipe recipe) {
    PromptConfig prompt = recipe.prompt();
    return String.format(
        "generate --model %s --template %s%s --max-new-tokens %s 'YOUR QUESTION'",
        quoted(run.resolve("model").toString()),
        prompt.template().name().toLowerCase(Locale.ROOT),
        prompt.system().isEmpty() ? "" : " --system " + quoted(prompt.system()),
        recipe.sampling().maxNewTokens());
  }

  /** As a shell takes it. */
  private static String quoted(String text) {
    return text.matches("[\\w./:=@%+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
