package org.r1zero.experiment.report;

import java.util.List;

/** Recipes, and the lines in which each differs from the first. */
final class RecipeDifferences {
  private RecipeDifferences() {}

  /**
   * A recipe.
   *
   * @param name of what it made
   * @param file where it was read
   * @param yaml its keys
   */
  record Named(String name, String file, String yaml) {}

  static void write(HtmlPage page, List<Named> recipes) {
    page.heading("recipes", "Recipes");
    if (recipes.size() > 1) {
      page.text("Lines that a recipe has and the first one does not, then the whole.");
    }
    for (Named recipe : recipes) {
      page.raw(
          "<h3>"
              + TraceMarkup.escape(recipe.name())
              + " <span class=\"soft\">"
              + TraceMarkup.escape(recipe.file())
              + "</span></h3>");
      StringBuilder difference = new StringBuilder();
      missing(recipes.get(0), recipe).forEach(line -> mark(difference, "bad", "- " + line));
      missing(recipe, recipes.get(0)).forEach(line -> mark(difference, "good", "+ " + line));
      if (difference.length() > 0) {
        page.raw("<pre>" + difference + "</pre>");
      }
      page.raw(
          "<details><summary>The whole recipe</summary><pre>"
              + TraceMarkup.escape(recipe.yaml())
              + "</pre></details>");
    }
  }

  /** The first one's lines that the second does not have. */
  static List<String> missing(Named first, Named second) {
    List<String> there = second.yaml().lines().toList();
    return first.yaml().lines().filter(line -> !there.contains(line)).toList();
  }

  private static void mark(StringBuilder html, String how, String line) {
    html.append("<span class=\"").append(how).append("\">");
    html.append(TraceMarkup.escape(line)).append("</span>\n");
  }
}
