package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Builds a self-contained page: all text that goes in is escaped. */
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

  HtmlPage raw(String html) {
    body.append(html).append('\n');
    return this;
  }

  /** A section's heading; the contents at the page's head list it. */
  HtmlPage heading(String id, String text) {
    sections.put(unique(id), text);
    return raw("<h2 id=\"" + id + "\">" + TraceMarkup.escape(text) + "</h2>");
  }

  HtmlPage text(String text) {
    return raw("<p>" + TraceMarkup.escape(text) + "</p>");
  }

  /** A chart with its title; charts.js fills the table of what it shows. */
  HtmlPage chart(String id, String heading, String description) {
    return raw(
        "<figure class=\"panel\"><h3>"
            + TraceMarkup.escape(heading)
            + "</h3><div class=\"chart\"><canvas id=\""
            + unique(id)
            + "\" role=\"img\" tabindex=\"0\" aria-label=\""
            + TraceMarkup.escape(heading + ". " + description)
            + " Arrow keys walk along the points.\"></canvas></div><figcaption>"
            + TraceMarkup.escape(description)
            + "</figcaption><details class=\"numbers\"><summary>Numbers</summary></details>"
            + "</figure>");
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
   * @param rows cells as HTML
   */
  HtmlPage table(String caption, List<String> head, List<List<String>> rows) {
    StringBuilder html = new StringBuilder();
    html.append("<div class=\"panel scroll\" tabindex=\"0\" role=\"region\" aria-label=\"")
        .append(TraceMarkup.escape(caption))
        .append("\"><table><caption>")
        .append(TraceMarkup.escape(caption))
        .append("</caption><thead><tr>");
    head.forEach(
        h -> html.append("<th scope=\"col\">").append(TraceMarkup.escape(h)).append("</th>"));
    html.append("</tr></thead><tbody>");
    for (List<String> row : rows) {
      html.append("<tr><th scope=\"row\">").append(row.get(0)).append("</th>");
      row.subList(1, row.size()).forEach(c -> html.append("<td>").append(c).append("</td>"));
      html.append("</tr>");
    }
    return raw(html.append("</tbody></table></div>").toString());
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
        + TraceMarkup.escape(title)
        + "</title>\n<style>"
        + resource(WEB + "style.css")
        + "</style></head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n"
        + header()
        + "<main id=\"main\" tabindex=\"-1\">\n<noscript><p>Charts need JavaScript; tables and"
        + " traces do not.</p></noscript>\n"
        + body
        + "</main><footer>"
        + TraceMarkup.escape(footer)
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

  private String header() {
    StringBuilder html = new StringBuilder("<header><h1>" + TraceMarkup.escape(title) + "</h1>");
    if (!subtitle.isEmpty()) {
      html.append("<p class=\"soft\">").append(TraceMarkup.escape(subtitle)).append("</p>");
    }
    html.append("<nav aria-label=\"Contents\"><ul>");
    sections.forEach(
        (id, text) ->
            html.append("<li><a href=\"#")
                .append(id)
                .append("\">")
                .append(TraceMarkup.escape(text))
                .append("</a></li>"));
    return html.append("</ul></nav></header>\n").toString();
  }

  static String resource(String name) throws IOException {
    try (InputStream in = HtmlPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A share as per cent, or a number. */
  static String number(JsonNode value, boolean share) {
    return share
        ? String.format(Locale.ROOT, "%.1f %%", 100 * value.asDouble())
        : String.format(Locale.ROOT, "%.1f", value.asDouble());
  }

  /** An interval's two ends, in per cent where it is of a share. */
  static String interval(JsonNode ends, boolean share) {
    double scale = share ? 100 : 1;
    return String.format(
        Locale.ROOT,
        "[%.1f, %.1f]",
        scale * ends.path(0).asDouble(),
        scale * ends.path(1).asDouble());
  }
}
