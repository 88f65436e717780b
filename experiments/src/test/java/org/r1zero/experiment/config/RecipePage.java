package org.r1zero.experiment.config;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the list of all keys in docs/recipe.md, and that of TRL's and verl's names. */
final class RecipePage {
  private final RecipeGuide guide;
  private final StringBuilder text = new StringBuilder();

  private RecipePage(RecipeGuide guide) {
    this.guide = guide;
  }

  static String write(RecipeGuide guide) {
    RecipePage page = new RecipePage(guide);
    page.text.append("\n## All keys\n");
    page.section("", "Outermost keys", "");
    page.text.append(
        "\n## Coming from TRL or verl\n\n\"None\" means that there is no counterpart.\n");
    page.names("TRL");
    page.names("verl");
    return page.text.toString();
  }

  private void section(String path, String title, String does) {
    text.append("\n### ").append(title).append("\n\n");
    if (!does.isEmpty()) {
      text.append(sentence(does)).append("\n\n");
    }
    text.append("| key | type and range | default | what it does | TRL | verl |\n");
    text.append("| --- | --- | --- | --- | --- | --- |\n");
    List<RecipeGuide.Key> keys = guide.below(path);
    keys.forEach(this::row);
    for (RecipeGuide.Key key : keys) {
      if (key.isSection()) {
        section(key.path(), "`" + key.path() + "`", key.does());
      }
    }
  }

  private void row(RecipeGuide.Key key) {
    String range = key.range().isEmpty() ? "" : "; " + key.range();
    String does = key.does() + values(key);
    text.append(
        String.format(
            "| `%s` | %s | %s | %s | %s | %s |%n",
            key.path()
                .substring(RecipeGuide.parent(key.path()).length())
                .replaceFirst("^(\\[])?\\.", ""),
            cell(key.type() + range),
            key.defaultValue().isEmpty() ? "" : "`" + key.defaultValue() + "`",
            cell(does),
            code(key.names("TRL")),
            code(key.names("verl"))));
  }

  private static String values(RecipeGuide.Key key) {
    return key.values().entrySet().stream()
        .map(value -> "`" + value.getKey() + "`: " + lowered(value))
        .collect(Collectors.joining("; ", key.values().isEmpty() ? "" : ". ", ""));
  }

  private static String lowered(Map.Entry<String, String> value) {
    return value.getValue().replaceFirst("\\.$", "");
  }

  private static String sentence(String does) {
    return Character.toUpperCase(does.charAt(0)) + does.substring(1).replaceFirst("\\.?$", ".");
  }

  private static String code(List<String> names) {
    return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
  }

  private static String cell(String cell) {
    return cell.replace("|", "\\|");
  }

  private void names(String tool) {
    text.append(String.format("%n### %s%n%n| %s | here | |%n| --- | --- | --- |%n", tool, tool));
    for (ForeignKeys.Entry entry : ForeignKeys.all()) {
      if (entry.tool().equals(tool)) {
        String here = entry.here().isEmpty() ? "none" : "`" + entry.here() + "`";
        text.append(String.format("| `%s` | %s | %s |%n", entry.name(), here, entry.note()));
      }
    }
  }
}
