package org.r1zero.coldstart.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.Problem;

/**
 * Problems to train on, and others to evaluate on: no problem is in both.
 *
 * @param name such as {@code gsm8k}
 * @param parts for training; each step has problems of all of them, by their weights
 * @param heldOut for evaluation only
 * @param notes what a user should know of how they were read, such as rows that were left out
 * @param spare how many problems may still be left out because no verifier can judge them; 0 where
 *     each such problem is an error
 */
public record Dataset(
    String name, List<Part> parts, List<Problem> heldOut, List<String> notes, int spare) {

  /**
   * Problems that are drawn together.
   *
   * @param problems of it
   * @param weight its share of the problems trained on, relative to the other parts' weights
   */
  public record Part(List<Problem> problems, double weight) {

    /** Fixes the list. */
    public Part {
      problems = List.copyOf(problems);
    }
  }

  /** Fixes the lists. */
  public Dataset {
    parts = List.copyOf(parts);
    heldOut = List.copyOf(heldOut);
    notes = List.copyOf(notes);
  }

  /** One part, nothing to be said of it. */
  public Dataset(String name, List<Problem> train, List<Problem> heldOut) {
    this(name, List.of(new Part(train, 1)), heldOut, List.of(), 0);
  }

  /** All problems to train on. */
  public List<Problem> train() {
    return parts.size() == 1
        ? parts.get(0).problems
        : parts.stream().flatMap(part -> part.problems.stream()).toList();
  }

  /**
   * The same with other problems.
   *
   * @param change gives each problem what stands in its place, {@code null} to leave it out
   */
  public Dataset with(Function<Problem, @Nullable Problem> change) {
    List<Part> changed = new ArrayList<>();
    parts.forEach(part -> changed.add(new Part(with(part.problems, change), part.weight)));
    return new Dataset(name, changed, with(heldOut, change), notes, spare);
  }

  private static List<Problem> with(
      List<Problem> problems, Function<Problem, @Nullable Problem> change) {
    List<Problem> changed = new ArrayList<>();
    for (Problem problem : problems) {
      Problem other = change.apply(problem);
      if (other != null) {
        changed.add(other);
      }
    }
    return changed;
  }

  /** The same with one more note. */
  public Dataset noting(String note) {
    List<String> more = new ArrayList<>(notes);
    more.add(Objects.requireNonNull(note));
    return new Dataset(name, parts, heldOut, more, spare);
  }
}
