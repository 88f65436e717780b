package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.r1zero.coldstart.curate.Candidate;
import org.r1zero.coldstart.curate.Example;
import org.r1zero.coldstart.curate.ExampleForm;
import org.r1zero.coldstart.curate.TraceJudge;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.reward.PortableReward;

/**
 * Judges given traces by their problems; one whose problem is not a training problem of the data
 * set is a bad record.
 *
 * @param judge whose verdicts are filters
 * @param known the training problems by their ids
 * @param task name of the data set
 */
record GivenTraces(PortableReward judge, Map<String, Problem> known, String task)
    implements TraceJudge {

  @Override
  public List<String> filters() {
    return judge.columns();
  }

  @Override
  public String accuracy() {
    return judge.columns().get(0);
  }

  @Override
  public Candidate read(JsonNode record) {
    Example example = example(record);
    Problem problem = Objects.requireNonNull(known.get(example.problem()));
    return new Candidate(
        example,
        problem.question(),
        passed(judge, problem, Completion.of(example.completion()), new LinkedHashMap<>()));
  }

  /** Reads a record, and does not judge it. */
  Example example(JsonNode record) {
    Example example = ExampleForm.read(record);
    if (!known.containsKey(example.problem())) {
      throw new IllegalArgumentException(
          String.format(
              "its problem '%s' is not one of the %d training problems of %s (such as '%s'), so that"
                  + " its answer can't be judged; give the data set that it was made from as task",
              example.problem(),
              known.size(),
              task,
              known.keySet().stream().findFirst().orElse("")));
    }
    return example;
  }

  /** Adds which filters a completion passes. */
  static Map<String, Boolean> passed(
      PortableReward judge, Problem problem, Completion completion, Map<String, Boolean> passed) {
    Map<String, Verdict> verdicts = judge.score(problem, completion).verdicts();
    for (String column : judge.columns()) {
      Verdict verdict = verdicts.get(column);
      passed.put(column, verdict != null && verdict.outcome() == Outcome.CORRECT);
    }
    return passed;
  }
}
