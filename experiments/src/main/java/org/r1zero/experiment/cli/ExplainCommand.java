package org.r1zero.experiment.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.r1zero.experiment.config.RecipeGuide;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what a recipe's key is for. */
@Command(
    name = "explain",
    description = {
      "Says what a recipe's key does, and its type, range and default.",
      "KEY is a key such as grpo.loss.epsilon_high, the end of one such as epsilon_high, a section"
          + " such as grpo.loss, or the name that TRL or verl has for it. Without KEY, the sections"
          + " are listed."
    },
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
  private static final int WIDTH = 79;
  private static final int LABEL = 11;
  private static final int MOST = 3;

  @Parameters(arity = "0..*", paramLabel = "KEY", description = "What to explain.")
  private List<String> names = List.of();

  @Option(
      names = "--schema",
      description = "Print the JSON Schema of recipes, for editors that complete and check by it.")
  private boolean schema;

  private final RecipeGuide guide = new RecipeGuide();

  @Override
  public Integer call() {
    if (schema) {
      System.out.print(guide.schema());
    } else if (names.isEmpty()) {
      listBelow("");
      System.out.printf("%nr1zero explain KEY says more of a key, or lists a section.%n");
    }
    List<RecipeGuide.Answer> answers = names.stream().map(guide::answer).toList();
    for (int i = 0; i < answers.size(); i++) {
      say(i == 0 ? "" : System.lineSeparator(), answers.get(i));
    }
    return 0;
  }

  private void say(String before, RecipeGuide.Answer answer) {
    System.out.print(before);
    answer.advice().forEach(line -> wrapped("", line));
    List<RecipeGuide.Key> keys = answer.keys();
    if (keys.size() > MOST) {
      list(keys);
    } else {
      for (int i = 0; i < keys.size(); i++) {
        if (i > 0 || !answer.advice().isEmpty()) {
          System.out.println();
        }
        say(keys.get(i));
      }
    }
    if (!answer.others().isEmpty()) {
      System.out.printf("%nThe same name elsewhere:%n");
      answer.others().forEach(key -> System.out.println(key.path()));
    }
  }

  private void say(RecipeGuide.Key key) {
    System.out.println(key.path());
    wrapped("  ", key.does());
    labelled("type", key.type());
    labelled("range", key.range());
    labelled("default", key.defaultValue());
    labelled("TRL", String.join(", ", key.names("TRL")));
    labelled("verl", String.join(", ", key.names("verl")));
    if (!key.values().isEmpty()) {
      System.out.println("  values");
      key.values()
          .forEach(
              (value, said) -> {
                System.out.println("    " + value);
                wrapped("        ", said);
              });
    }
    if (key.isSection()) {
      System.out.println();
      listBelow(key.path());
    }
  }

  /** The keys of a section, by their last parts. */
  private void listBelow(String path) {
    for (RecipeGuide.Key key : guide.below(path)) {
      System.out.println(
          "  " + key.path().substring(path.length()).replaceFirst("^(\\[])?\\.", ""));
      wrapped("      ", key.does());
    }
  }

  /** Keys of different sections. */
  private static void list(List<RecipeGuide.Key> keys) {
    for (RecipeGuide.Key key : keys) {
      System.out.println(key.path());
      wrapped("    ", key.does());
    }
  }

  private static void labelled(String label, String text) {
    if (!text.isEmpty()) {
      String start = "  " + label + " ".repeat(Math.max(1, LABEL - 2 - label.length()));
      List<String> lines = wrap(text, WIDTH - Math.max(LABEL, start.length()));
      System.out.println(start + lines.get(0));
      lines.stream().skip(1).forEach(line -> System.out.println(" ".repeat(start.length()) + line));
    }
  }

  private static void wrapped(String indent, String text) {
    wrap(text, WIDTH - indent.length()).forEach(line -> System.out.println(indent + line));
  }

  private static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (line.length() > 0 && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() > 0 ? " " : "").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
