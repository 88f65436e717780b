package org.r1zero.experiment.config;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.files.Resources;

/**
 * What TRL and verl call the things that recipes have keys for: {@code foreign-keys.tsv}, which the
 * tables of docs/recipe.md are made of.
 */
final class ForeignKeys {
  private static final String FILE = "/org/r1zero/foreign-keys.tsv";
  private static final List<Entry> ALL = read();

  private ForeignKeys() {}

  /**
   * One name.
   *
   * @param tool TRL or verl
   * @param name there; verl's with its sections
   * @param here our key, or several; empty where there is no counterpart
   * @param note what else to know; empty for nothing
   * @param left why a configuration's value is left out of a recipe; empty where it is taken
   */
  record Entry(String tool, String name, String here, String note, String left) {

    /** The name without its sections. */
    String lastPart() {
      return name.substring(name.lastIndexOf('.') + 1);
    }

    String advice() {
      String text = here.isEmpty() ? " has no counterpart here" : " is " + here + " here";
      return tool + "'s " + name + text + (note.isEmpty() ? "" : ": " + note);
    }
  }

  static List<Entry> all() {
    return ALL;
  }

  /** Whether a key is a section of verl's configuration. */
  static boolean isSection(String key) {
    return ALL.stream().anyMatch(e -> e.tool().equals("verl") && e.name().startsWith(key + "."));
  }

  /**
   * Advice on a key that is another tool's.
   *
   * @param full the key with its sections
   * @param key the key alone
   */
  static Optional<String> find(String full, String key) {
    return ALL.stream()
        .filter(e -> e.name().equals(full) || e.name().equals(key))
        .findFirst()
        .map(Entry::advice);
  }

  /** Advice on a key that is verl's without its sections; short ones such as n may be anything. */
  static Optional<String> byLastPart(String key) {
    return key.contains("_")
        ? ALL.stream().filter(e -> e.name().endsWith("." + key)).findFirst().map(Entry::advice)
        : Optional.empty();
  }

  /** A tool's entry of a name, or of the innermost section of it that has one. */
  static Optional<Entry> covering(String tool, String name) {
    return ALL.stream()
        .filter(e -> e.tool().equals(tool))
        .filter(e -> name.equals(e.name()) || name.startsWith(e.name() + "."))
        .max(Comparator.comparingInt(e -> e.name().length()));
  }

  /** Entries of a name, or of the end of one of verl's; short ones such as n may be anything. */
  static List<Entry> named(String name) {
    boolean whole = name.contains("_") || name.contains(".");
    return ALL.stream()
        .filter(e -> e.name().equals(name) || (whole && e.name().endsWith("." + name)))
        .toList();
  }

  /** Advice on a key below one of verl's sections. */
  static String ofSection(String path) {
    return find(path, path).orElse("verl's, it has no counterpart here");
  }

  private static List<Entry> read() {
    return Resources.text(ForeignKeys.class, FILE)
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> Arrays.copyOf(line.split("\t", -1), 5))
        .map(c -> new Entry(c[0], c[1], c[2].equals("-") ? "" : c[2], filled(c[3]), filled(c[4])))
        .toList();
  }

  private static String filled(@Nullable String cell) {
    return cell == null ? "" : cell;
  }
}
