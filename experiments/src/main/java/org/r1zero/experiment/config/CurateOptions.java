package org.r1zero.experiment.config;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.curate.CurationConfig;
import org.r1zero.coldstart.curate.ExampleForm;
import org.r1zero.grpo.faults.Faults;
import org.r1zero.verify.reward.RewardEntry;

/**
 * Options of making examples.
 *
 * @param files files of traces to choose from; none samples the stage's model instead
 * @param maxBad the most bad records that the files may have
 * @param problems how many training problems are sampled
 * @param firstProblem the place of the first problem that is sampled
 * @param samples completions per problem
 * @param temperature temperature of the samples
 * @param fewShot a file of examples that are put before each question, or {@code null}
 * @param verifiers what a trace must pass besides the recipe's first reward, one after the other
 * @param evaluationFiles files of examples whose questions must not occur, besides the data set's
 *     held-out problems
 * @param form how examples are laid out
 * @param file the name of the examples' file: it ends in {@code .jsonl}, {@code .jsonl.gz} or
 *     {@code .parquet}
 * @param licence of the data, for its card
 * @param filters how traces are chosen
 */
public record CurateOptions(
    List<String> files,
    int maxBad,
    int problems,
    int firstProblem,
    int samples,
    double temperature,
    @Nullable String fewShot,
    List<RewardEntry> verifiers,
    List<String> evaluationFiles,
    ExampleForm form,
    String file,
    String licence,
    CurationConfig filters) {

  /** Checks the ranges; all faults are named at once. */
  public CurateOptions {
    Faults faults = new Faults();
    faults.atLeast(0, "max_bad", maxBad);
    faults.atLeast(1, "problems", problems);
    faults.atLeast(1, "samples", samples);
    faults.atLeast(0, "first_problem", firstProblem);
    faults.require(temperature > 0, "temperature", "must be > 0, was " + temperature);
    faults.require(
        file.matches("[A-Za-z0-9._-]+\\.(jsonl|jsonl\\.gz|parquet)"),
        "file",
        "must be a name that ends in .jsonl, .jsonl.gz or .parquet, was " + file);
    faults.check();
  }

  /** Eight samples of each of 500 problems, one example of each. */
  public static CurateOptions defaults() {
    return new CurateOptions(
        List.of(),
        0,
        500,
        0,
        8,
        1,
        null,
        List.of(),
        List.of(),
        ExampleForm.PROMPT_COMPLETION,
        "examples.jsonl",
        "that of the model and of the problems",
        CurationConfig.defaults());
  }
}
