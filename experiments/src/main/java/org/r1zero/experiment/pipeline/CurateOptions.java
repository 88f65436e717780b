package org.r1zero.experiment.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.curate.CurationConfig;
import org.r1zero.coldstart.curate.ExampleForm;
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
record CurateOptions(
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

  CurateOptions {
    List<String> faults = new ArrayList<>();
    if (maxBad < 0) {
      faults.add("max_bad must be >= 0, was " + maxBad);
    }
    if (problems < 1) {
      faults.add("problems must be >= 1, was " + problems);
    }
    if (samples < 1) {
      faults.add("samples must be >= 1, was " + samples);
    }
    if (firstProblem < 0) {
      faults.add("first_problem must be >= 0, was " + firstProblem);
    }
    if (!(temperature > 0)) {
      faults.add("temperature must be > 0, was " + temperature);
    }
    if (!file.matches("[A-Za-z0-9._-]+\\.(jsonl|jsonl\\.gz|parquet)")) {
      faults.add("file must be a name that ends in .jsonl, .jsonl.gz or .parquet, was " + file);
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  static CurateOptions defaults() {
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
