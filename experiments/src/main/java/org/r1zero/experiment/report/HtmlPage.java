package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Builds a self-contained page: all text that goes in is escaped. */
final class HtmlPage {
  private static final String WEB = "/org/r1zero/web/";
  private static final String CHARTS =
      "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";
  private final StringBuilder body = new StringBuilder();

  HtmlPage raw(String html) {
    body.append(html).append('\n');
    return this;
  }

  HtmlPage heading(String id, String text) {
    return raw("<h2 id=\"" + id + "\">" + TraceMarkup.escape(text) + "</h2>");
  }

  HtmlPage text(String text) {
    return raw("<p>" + TraceMarkup.escape(text) + "</p>");
  }

  /** A chart with its title; what it shows stands in tables too. */
  HtmlPage chart(String id, String title, String description) {
    return raw(
        "<figure class=\"panel\"><h3>"
            + TraceMarkup.escape(title)
            + "</h3><div class=\"chart\"><canvas id=\""
            + id
            + "\" role=\"img\" tabindex=\"0\" aria-label=\""
            + TraceMarkup.escape(title + ". " + description)
            + "\"></canvas></div><figcaption>"
            + TraceMarkup.escape(description)
            + "</figcaption></figure>");
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

  /** The whole page. */
  String write(String title, JsonNode data, String script) throws IOException {
    return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src"
        + " 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n<title>"
        + TraceMarkup.escape(title)
        + "</title>\n<style>"
        + resource(WEB + "style.css")
        + "</style></head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n"
        + body
        + "<script type=\"application/json\" id=\"data\">"
        + data.toString().replace("<", "\\u003c").replace("\u2028", " ").replace("\u2029", " ")
        + "</script>\n<script>"
        + resource(CHARTS).replace("</script", "<\\/script")
        + "</script>\n<script>"
        + resource(WEB + script)
        + "</script>\n</body></html>\n";
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

  /** An interval's two ends. */
  static String interval(JsonNode ends, boolean share) {
    return "[" + number(ends.path(0), share) + ", " + number(ends.path(1), share) + "]";
  }
}
