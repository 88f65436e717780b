package org.r1zero.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What holds for every page that is written. */
public final class Pages {
  private static final Pattern SCRIPT = Pattern.compile("(?s)<(script|style)[^>]*>.*?</\\1>");
  private static final Pattern ID = Pattern.compile("\\sid=\"([^\"]*)\"");
  private static final Pattern LINK = Pattern.compile("\\shref=\"#([^\"]*)\"");

  private Pages() {}

  /**
   * Checks that every id is unique, every link within the page has its target, every heading is at
   * most one level below the one before, and nothing is asked of another place.
   */
  public static void assertSound(String page) {
    String markup = SCRIPT.matcher(page).replaceAll("");
    List<String> ids = all(ID, markup);
    assertThat(ids).isNotEmpty().doesNotHaveDuplicates();
    List<String> links = all(LINK, markup);
    assertThat(links).isNotEmpty();
    assertThat(ids).containsAll(links);
    int before = 0;
    for (String level : all(Pattern.compile("<h([1-6])[ >]"), markup)) {
      assertThat(Integer.parseInt(level)).as("level of a heading").isLessThanOrEqualTo(before + 1);
      before = Integer.parseInt(level);
    }
    assertThat(page)
        .contains("default-src 'none'")
        .doesNotContainPattern("<(link|img|iframe|object|embed)\\b")
        .doesNotContainPattern("<script[^>]* src=")
        .doesNotContain("@import")
        .doesNotContainPattern("url\\(\\s*['\"]?(?!data:)[a-z]");
  }

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult found) -> found.group(1)).toList();
  }
}
