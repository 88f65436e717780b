package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.r1zero.coldstart.curate.Candidate;
import org.r1zero.coldstart.curate.Example;
import org.r1zero.coldstart.curate.TraceJudge;
import org.r1zero.experiment.metrics.JsonLines;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Problem;
import org.r1zero.verify.reward.PortableReward;

/**
 * Judges what a model said, from a file of it.
 *
 * @param judge whose verdicts are filters, after whether a trace came to its end
 * @param problems that were sampled
 * @param prompts what is learned to be asked, for each
 */
record SampledTraces(PortableReward judge, List<Problem> problems, List<String> prompts)
    implements TraceJudge {
  private static final String ENDED = "ended";

  SampledTraces {
    problems = List.copyOf(problems); // a part of a list can't be sent
    prompts = List.copyOf(prompts);
  }

  /** Writes completions of each problem, for this to read. */
  static Path write(Path file, List<List<Completion>> said) throws IOException {
    List<ObjectNode> records = new ArrayList<>();
    for (int p = 0; p < said.size(); p++) {
      for (Completion completion : said.get(p)) {
        records.add(
            JsonNodeFactory.instance
                .objectNode()
                .put("problem", p)
                .put("completion", completion.text())
                .put("tokens", completion.tokenCount())
                .put("stopped", !completion.truncated()));
      }
    }
    JsonLines.write(file, records);
    return file;
  }

  @Override
  public List<String> filters() {
    List<String> filters = new ArrayList<>(List.of(ENDED));
    filters.addAll(judge.columns());
    return filters;
  }

  @Override
  public String accuracy() {
    return judge.columns().get(0);
  }

  @Override
  public Candidate read(JsonNode record) {
    int number = record.path("problem").asInt();
    Problem problem = problems.get(number);
    boolean stopped = record.path("stopped").asBoolean();
    Completion completion =
        new Completion(
            record.path("completion").asText(),
            record.path("tokens").asInt(),
            stopped ? FinishReason.STOP : FinishReason.LENGTH);
    Map<String, Boolean> passed = new LinkedHashMap<>();
    passed.put(ENDED, stopped);
    GivenTraces.passed(judge, problem, completion, passed);
    Example example =
        completion.text().isBlank()
            ? null
            : new Example(
                problem.id(),
                problem.field("difficulty").asInt(0),
                prompts.get(number),
                List.of(),
                completion.text());
    return new Candidate(example, problem.id(), problem.question(), passed);
  }
}
