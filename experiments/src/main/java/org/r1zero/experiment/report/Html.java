package org.r1zero.experiment.report;

import java.util.Collection;
import java.util.Locale;

/**
 * Markup. A text gets in by being escaped and by no other way, so that nothing that a model or a
 * recipe says can become markup.
 *
 * @param start what stands before the content, without the end of the start tag
 * @param content markup
 * @param end what stands behind it
 */
record Html(String start, String content, String end) {
  /** Nothing. */
  static final Html NONE = new Html("", "", "");

  /**
   * An element.
   *
   * @param tag its name, with a class if any behind a dot: {@code p.headline}
   * @param content texts, which are escaped, markup, and collections of them
   */
  static Html of(String tag, Object... content) {
    int dot = tag.indexOf('.');
    String name = dot < 0 ? tag : tag.substring(0, dot);
    Html element = new Html("<" + name, inner(content), "</" + name + ">");
    return dot < 0 ? element : element.with("class", tag.substring(dot + 1));
  }

  /** Texts, which are escaped, and markup, one behind the other. */
  static Html all(Object... content) {
    return new Html("", inner(content), "");
  }

  private static String inner(Object... content) {
    StringBuilder inner = new StringBuilder();
    for (Object part : content) {
      if (part instanceof Collection<?> parts) {
        inner.append(inner(parts.toArray()));
      } else {
        inner.append(part instanceof Html html ? html.toString() : escape(part.toString()));
      }
    }
    return inner.toString();
  }

  /** The same element with an attribute. */
  Html with(String attribute, String value) {
    return new Html(start + " " + attribute + "=\"" + escape(value) + "\"", content, end);
  }

  /** A text that is formatted, such as numbers. */
  static Html format(String format, Object... values) {
    return all(String.format(Locale.ROOT, format, values));
  }

  @Override
  public String toString() {
    return start.isEmpty() ? content : start + ">" + content + end;
  }

  private static String escape(String text) {
    StringBuilder html = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '<' -> html.append("&lt;");
        case '>' -> html.append("&gt;");
        case '&' -> html.append("&amp;");
        case '"' -> html.append("&quot;");
        case '\'' -> html.append("&#39;");
        default -> html.append((c < ' ' && c != '\n' && c != '\t') || c == 0x7f ? '\ufffd' : c);
      }
    }
    return html.toString();
  }
}
