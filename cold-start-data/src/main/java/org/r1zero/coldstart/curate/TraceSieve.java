package org.r1zero.coldstart.curate;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What curation asks of each trace by itself, and by what it is compared with others: the part that
 * is the same whether a list is in memory or on many machines. Thread-safe.
 */
public final class TraceSieve {
  /** How many traces there were. */
  public static final String READ = "read";

  /** What is like an earlier one is gone. */
  public static final String NEAR_DUPLICATES = "near_duplicates";

  /** So many of each problem are left. */
  public static final String BY_PROBLEM = "balanced_by_problem";

  /** What is chosen. */
  public static final String BY_DIFFICULTY = "balanced_by_difficulty";

  /** Problems that are neither too hard nor too easy are left. */
  public static final String PASS_RATE = "pass_rate";

  /** What overlaps an evaluation set is gone. */
  public static final String DECONTAMINATED = "decontaminated";

  private static final long GOLDEN = 0x9e3779b97f4a7c15L;
  private final List<String> verdicts;
  private final @Nullable Decontaminator overlap;
  private final long seed;

  /**
   * Sets the rules.
   *
   * @param verdicts names of what a candidate must have passed, in their order
   * @param evaluation questions that must not occur
   * @param seed of the order
   */
  public TraceSieve(
      List<String> verdicts, CurationConfig config, Collection<String> evaluation, long seed) {
    this.verdicts = List.copyOf(verdicts);
    this.overlap =
        config.decontaminateNgram() > 0
            ? new Decontaminator(evaluation, config.decontaminateNgram())
            : null;
    this.seed = seed;
  }

  /** How many verdicts let a trace through before one does not; their number where all do. */
  public int passed(Candidate trace) {
    for (int f = 0; f < verdicts.size(); f++) {
      if (!trace.passed().getOrDefault(verdicts.get(f), false)) {
        return f;
      }
    }
    return verdicts.size();
  }

  /** Whether it overlaps no evaluation set, or nobody asks. */
  public boolean isClean(Candidate trace) {
    return overlap == null || !overlap.overlaps(trace);
  }

  /**
   * A trace's place in the order in which traces are taken: a hash of the seed and of all that it
   * says, so that what stands beside it in its file does not matter. Equal ones are taken in the
   * order of their files.
   */
  public long rank(Example example, String question) {
    String all = ExampleForm.PROMPT_COMPLETION.write(example) + question;
    long mixed = MinHash.hash(all) + seed * GOLDEN; // then the finalizer of SplitMix64
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }

  /** What is compared in search of near-duplicates. */
  public static String compared(Example example, String question) {
    return question + " " + example.completion();
  }

  /** What counts as the same problem. */
  public static String problem(Example example, String question) {
    return example.problem().isEmpty() ? question : example.problem();
  }
}
