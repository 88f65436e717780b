package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.r1zero.experiment.compare.Compared;
import org.r1zero.grpo.files.Resources;

/** Builds a self-contained page. */
final class HtmlPage {
  private static final String WEB = "/org/r1zero/web/";
  private static final String CHARTS =
      "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";
  private static final String CHART_HELPERS = WEB + "charts.js";
  private final String title;
  private final String subtitle;
  private final StringBuilder body = new StringBuilder();
  private final Map<String, String> sections = new LinkedHashMap<>();
  private final Set<String> ids = new HashSet<>(Set.of("main", "data"));

  /**
   * An empty page.
   *
   * @param subtitle what stands below the title; may be empty
   */
  HtmlPage(String title, String subtitle) {
    this.title = title;
    this.subtitle = subtitle;
  }

  HtmlPage add(Html html) {
    body.append(html).append('\n');
    return this;
  }

  /** A section's heading; the contents at the page's head list it. */
  HtmlPage heading(String id, String text) {
    sections.put(unique(id), text);
    return add(Html.of("h2", text).with("id", id));
  }

  HtmlPage text(String text) {
    return add(Html.of("p", text));
  }

  /** Charts beside each other. */
  HtmlPage grid(Html... charts) {
    return add(Html.of("div.grid", (Object[]) charts));
  }

  /** A chart with its title; charts.js fills the table of what it shows. */
  Html chart(String id, String heading, String description) {
    String label = heading + ". " + description + " Arrow keys walk along the points.";
    Html canvas =
        Html.of("canvas")
            .with("id", unique(id))
            .with("role", "img")
            .with("tabindex", "0")
            .with("aria-label", label);
    return Html.of(
        "figure.panel",
        Html.of("h3", heading),
        Html.of("div.chart", canvas),
        Html.of("figcaption", description),
        Html.of("details.numbers", Html.of("summary", "Numbers")));
  }

  private String unique(String id) {
    if (!ids.add(id)) {
      throw new IllegalStateException("the page has the id " + id + " already");
    }
    return id;
  }

  /**
   * A table; the first cell of a row is its header.
   *
   * @param rows cells: texts or markup
   */
  static Html table(String caption, List<String> head, List<? extends List<?>> rows) {
    List<Html> names = head.stream().map(h -> Html.of("th", h).with("scope", "col")).toList();
    List<Html> lines = new ArrayList<>();
    for (List<?> row : rows) {
      lines.add(
          Html.of(
              "tr",
              Html.of("th", row.get(0)).with("scope", "row"),
              row.subList(1, row.size()).stream().map(cell -> Html.of("td", cell)).toList()));
    }
    return Html.of(
            "div.panel scroll",
            Html.of(
                "table",
                Html.of("caption", caption),
                Html.of("thead", Html.of("tr", names)),
                Html.of("tbody", lines)))
        .with("tabindex", "0")
        .with("role", "region")
        .with("aria-label", caption);
  }

  /** What is shown when it is asked for. */
  static Html details(String summary, Object... content) {
    return Html.of("details", Html.of("summary", summary), Html.all(content));
  }

  /**
   * The whole page.
   *
   * @param data what the script draws
   */
  String write(JsonNode data, String script, String footer) throws IOException {
    return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src"
        + " 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n<title>"
        + Html.all(title)
        + "</title>\n<style>"
        + resource(WEB + "style.css")
        + "</style></head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n"
        + header()
        + "<main id=\"main\" tabindex=\"-1\">\n<noscript><p>Charts need JavaScript; tables and"
        + " traces do not.</p></noscript>\n"
        + body
        + "</main><footer>"
        + Html.all(footer)
        + "</footer>\n<script type=\"application/json\" id=\"data\">"
        + data.toString().replace("<", "\\u003c").replace("\u2028", " ").replace("\u2029", " ")
        + "</script>\n<script>"
        + resource(CHARTS).replace("</script", "<\\/script")
        + "</script>\n<script>"
        + resource(CHART_HELPERS)
        + "</script>\n<script>"
        + resource(WEB + script)
        + "</script>\n</body></html>\n";
  }

  /** Writes a text that may hold what a model said: half a character becomes a question mark. */
  static void save(Path file, String text) throws IOException {
    Files.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private Html header() {
    List<Html> links = new ArrayList<>();
    sections.forEach(
        (id, text) -> links.add(Html.of("li", Html.of("a", text).with("href", "#" + id))));
    return Html.of(
        "header",
        Html.of("h1", title),
        subtitle.isEmpty() ? Html.NONE : Html.of("p.soft", subtitle),
        Html.of("nav", Html.of("ul", links)).with("aria-label", "Contents"));
  }

  static String resource(String name) {
    return Resources.text(HtmlPage.class, name);
  }

  /** A share as per cent, or a number. */
  static String number(double value, boolean share) {
    return share
        ? String.format(Locale.ROOT, "%.1f %%", 100 * value)
        : String.format(Locale.ROOT, "%.1f", value);
  }

  /** An interval's two ends, in per cent where it is of a share. */
  static String interval(Compared.Ends ends, boolean share) {
    double scale = share ? 100 : 1;
    return String.format(Locale.ROOT, "[%.1f, %.1f]", scale * ends.low(), scale * ends.high());
  }
}
