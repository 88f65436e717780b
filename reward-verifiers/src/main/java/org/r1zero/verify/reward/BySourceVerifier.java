package org.r1zero.verify.reward;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.Completion;
import org.r1zero.verify.NearestName;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.Verifiers;

/**
 * Has each problem judged by the verifier of its data set: which that is says a field of the
 * problem.
 */
public final class BySourceVerifier implements Verifier {

  private final String field;
  private final Map<String, Verifier> sources;
  private final @Nullable Verifier otherwise;
  private final boolean skipsOthers;
  private final ScoreRange range;
  private final double failureScore;

  /**
   * Names the verifiers.
   *
   * @param field of a problem's data that has its source
   * @param sources a verifier for each source
   * @param otherwise judges problems of other sources; {@code null} where none does
   * @param skipsOthers whether {@link Outcome#NOT_APPLICABLE} is the verdict on problems that no
   *     verifier judges; otherwise they are faults of the data
   */
  public BySourceVerifier(
      String field,
      Map<String, Verifier> sources,
      @Nullable Verifier otherwise,
      boolean skipsOthers) {
    this.field = field;
    this.sources = new TreeMap<>(sources);
    this.otherwise = otherwise;
    this.skipsOthers = skipsOthers;
    List<Verifier> all = new ArrayList<>(sources.values());
    if (otherwise != null) {
      all.add(otherwise);
    }
    if (all.isEmpty()) {
      throw new IllegalArgumentException("sources must name at least one verifier");
    }
    this.range =
        new ScoreRange(
            all.stream().mapToDouble(v -> v.range().min()).min().orElseThrow(),
            all.stream().mapToDouble(v -> v.range().max()).max().orElseThrow());
    this.failureScore = all.stream().mapToDouble(Verifier::failureScore).min().orElseThrow();
  }

  @Override
  public String id() {
    return "by_source";
  }

  @Override
  public ScoreRange range() {
    return range;
  }

  @Override
  public double failureScore() {
    return failureScore;
  }

  @Override
  public void check(Problem problem) {
    Verifier judge = judge(problem);
    if (judge != null) {
      judge.check(problem);
    }
  }

  @Override
  public boolean scoresTurns(Problem problem) {
    Verifier judge = judge(problem);
    return judge != null && judge.scoresTurns(problem);
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    Verifier judge = judge(problem);
    return judge == null
        ? new Verdict(
            range.nearest(0), Outcome.NOT_APPLICABLE, "problems of this source are not judged")
        : judge.verify(problem, completion);
  }

  private @Nullable Verifier judge(Problem problem) {
    String source = problem.field(field).asText("");
    Verifier judge = sources.getOrDefault(source, otherwise);
    if (judge == null && !skipsOthers) {
      throw new IllegalArgumentException(
          "verifier 'by_source': "
              + (source.isEmpty()
                  ? "problem " + problem.id() + " has no " + field
                  : String.format(
                      "sources do not name the %s '%s' of problem %s%s",
                      field, source, problem.id(), NearestName.hint(source, sources.keySet())))
              + "; they name "
              + String.join(", ", sources.keySet())
              + "; add it, or say what judges all others by the option default");
    }
    return judge;
  }

  /**
   * Makes {@link BySourceVerifier}s; options {@code sources} (a mapping of a source to its
   * verifier, a name or a mapping with {@code verifier} and {@code options}), {@code default} (the
   * same, for all other problems; {@code none} leaves them unjudged; without it they are an error)
   * and {@code field} (default data_source).
   */
  public static final class Provider implements VerifierProvider {

    @Override
    public String id() {
      return "by_source";
    }

    @Override
    public String description() {
      return "a verifier of its own for each data set, by the problem's data_source";
    }

    @Override
    public Verifier create(JsonNode node) {
      return create(node, Verifiers.discover());
    }

    @Override
    public Verifier create(JsonNode node, Verifiers known) {
      OptionReader options = OptionReader.of("verifier 'by_source'", node);
      JsonNode sources = options.node("sources");
      JsonNode otherwise = options.node("default");
      String field = options.text("field", "data_source");
      if (!sources.isObject() || sources.isEmpty()) {
        options.fault(
            "option 'sources' must be a mapping such as {gsm8k: {verifier: number}}, was "
                + sources);
      }
      Map<String, Verifier> judges = new TreeMap<>();
      for (Map.Entry<String, JsonNode> source : sources.properties()) {
        Verifier judge = judge("sources." + source.getKey(), source.getValue(), known, options);
        if (judge != null) {
          judges.put(source.getKey(), judge);
        }
      }
      boolean none = otherwise.asText().equals("none");
      Verifier others =
          none || otherwise.isMissingNode() ? null : judge("default", otherwise, known, options);
      options.finish();
      return new BySourceVerifier(field, judges, others, none);
    }

    private @Nullable Verifier judge(
        String name, JsonNode node, Verifiers known, OptionReader options) {
      String verifier = node.isTextual() ? node.textValue() : node.path("verifier").asText("");
      boolean fits = node.isTextual();
      if (node.isObject()) {
        fits = !verifier.isEmpty();
        for (Map.Entry<String, JsonNode> key : node.properties()) {
          fits &= List.of("verifier", "options").contains(key.getKey());
        }
      }
      if (!fits) {
        options.fault(
            "option '"
                + name
                + "' must be a verifier's name, or a mapping with verifier and options, was "
                + node);
        return null;
      }
      try {
        return known.create(verifier, node.path("options"));
      } catch (IllegalArgumentException e) {
        options.fault("option '" + name + "': " + e.getMessage());
        return null;
      }
    }
  }
}
