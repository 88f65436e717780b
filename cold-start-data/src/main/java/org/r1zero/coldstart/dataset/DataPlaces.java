package org.r1zero.coldstart.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.r1zero.coldstart.records.RecordFiles;
import org.r1zero.verify.ProgramHome;

/**
 * The files of a data set. In a folder whose files are named after the parts of a published data
 * set, as {@code train-00000-of-00002.parquet} and {@code test.jsonl} are, those for training and
 * those for evaluation are told apart; {@code validation} counts where there is no {@code test}.
 *
 * @param train to train on
 * @param heldOut for evaluation only
 * @param unread of the folders to train on: their names say that they are of no part, or of another
 */
record DataPlaces(List<Path> train, List<Path> heldOut, List<Path> unread) {
  private static final List<Set<String>> EVALUATION =
      List.of(Set.of("test"), Set.of("validation", "valid", "val", "dev", "eval"));

  /**
   * Finds the files.
   *
   * @param heldOut places of problems to evaluate on; none leaves it to the names in folders
   * @param byName whether files in folders may be held out for their names
   * @throws IllegalArgumentException if there is no file at one of the places, or one is named
   *     twice
   */
  static DataPlaces of(List<String> train, List<String> heldOut, boolean byName)
      throws IOException {
    Set<Path> training = new LinkedHashSet<>();
    Set<Path> held = new LinkedHashSet<>();
    Set<Path> unread = new LinkedHashSet<>();
    for (String name : train) {
      Path place = ProgramHome.find(Path.of(name));
      List<Path> files = RecordFiles.at(place);
      unread.addAll(files);
      List<Path> named = part(place, files, Set.of("train"));
      add(named.isEmpty() ? files : named, training);
      if (byName && heldOut.isEmpty() && !named.isEmpty()) {
        for (Set<String> names : EVALUATION) {
          List<Path> found = part(place, files, names);
          if (!found.isEmpty()) {
            add(found, held);
            break;
          }
        }
      }
    }
    for (String name : heldOut) {
      Path place = ProgramHome.find(Path.of(name));
      List<Path> files = RecordFiles.at(place);
      List<Path> named = List.of();
      for (Set<String> names : EVALUATION) {
        named = named.isEmpty() ? part(place, files, names) : named;
      }
      add(named.isEmpty() ? files : named, held);
    }
    for (Path file : held) {
      if (training.contains(file)) {
        throw new IllegalArgumentException(
            file + ": is named both for training (path) and for evaluation (held_out)");
      }
    }
    unread.removeAll(training);
    unread.removeAll(held);
    return new DataPlaces(List.copyOf(training), List.copyOf(held), List.copyOf(unread));
  }

  private static void add(List<Path> files, Set<Path> all) {
    for (Path file : files) {
      if (!all.add(file)) {
        throw new IllegalArgumentException(file + ": is named twice");
      }
    }
  }

  /** Files in a folder that are of a part, by the first word of their name or a folder's name. */
  private static List<Path> part(Path place, List<Path> files, Set<String> names) {
    List<Path> found = new ArrayList<>();
    if (!Files.isDirectory(place)) {
      return found;
    }
    for (Path file : files) {
      for (Path step : place.relativize(file)) {
        String word = step.toString().toLowerCase(Locale.ROOT).split("[-_.]", 2)[0];
        if (names.contains(word)) {
          found.add(file);
          break;
        }
      }
    }
    return found;
  }

  /** All files. */
  List<Path> all() {
    List<Path> all = new ArrayList<>(train);
    all.addAll(heldOut);
    return all;
  }
}
