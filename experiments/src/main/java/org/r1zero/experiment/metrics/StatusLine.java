package org.r1zero.experiment.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** A line in parts, of which a narrow terminal shows those that matter most. */
final class StatusLine {
  private static final String GAP = "  ";
  private final List<Part> parts = new ArrayList<>();

  /**
   * A part.
   *
   * @param rank parts of a high rank are left out first
   */
  private record Part(int rank, String text, Style style) {}

  /** Appends a part; the lower its rank, the longer it stays. */
  StatusLine add(int rank, String text) {
    return add(rank, text, Style.PLAIN);
  }

  StatusLine add(int rank, String text, Style style) {
    if (!text.isEmpty()) {
      parts.add(new Part(rank, ShownText.shown(text).replace('\n', ' ').replace('\t', ' '), style));
    }
    return this;
  }

  /** The parts that fit into so many columns; the one that matters most is cut if it must be. */
  String fit(int columns, boolean coloured) {
    List<Part> kept = new ArrayList<>(parts);
    while (kept.size() > 1 && columns(kept) > columns) {
      kept.remove(kept.stream().max(Comparator.comparingInt(Part::rank)).orElseThrow());
    }
    if (kept.size() == 1) {
      Part only = kept.get(0);
      kept.set(0, new Part(only.rank, ShownText.cut(only.text, Math.max(0, columns)), only.style));
    }
    return kept.stream()
        .map(part -> coloured ? part.style.on(part.text) : part.text)
        .collect(Collectors.joining(GAP));
  }

  private static int columns(List<Part> parts) {
    return parts.stream().mapToInt(part -> ShownText.columns(part.text)).sum()
        + GAP.length() * (parts.size() - 1);
  }
}
