package org.r1zero.experiment.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

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
   */
  record Entry(String tool, String name, String here, String note) {

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
    List<Entry> entries = new ArrayList<>();
    try (InputStream in = ForeignKeys.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks " + FILE);
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      String line;
      while ((line = lines.readLine()) != null) {
        if (!line.isBlank() && !line.startsWith("#")) {
          String[] cells = line.split("\t", -1);
          entries.add(
              new Entry(
                  cells[0],
                  cells[1],
                  cells[2].equals("-") ? "" : cells[2],
                  cells.length > 3 ? cells[3] : ""));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(FILE + " can't be read", e);
    }
    return List.copyOf(entries);
  }
}
