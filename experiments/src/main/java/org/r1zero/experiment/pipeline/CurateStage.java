package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.r1zero.coldstart.curate.Candidate;
import org.r1zero.coldstart.curate.Curation;
import org.r1zero.coldstart.curate.Curator;
import org.r1zero.coldstart.curate.DataCard;
import org.r1zero.coldstart.curate.DataEngine;
import org.r1zero.coldstart.curate.Decontaminator;
import org.r1zero.coldstart.curate.Example;
import org.r1zero.coldstart.curate.ExampleFiles;
import org.r1zero.coldstart.curate.Selection;
import org.r1zero.coldstart.curate.TraceJudge;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.coldstart.records.BadRecord;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.CurateOptions;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.evaluate.CompletionStore;
import org.r1zero.experiment.metrics.Counting;
import org.r1zero.experiment.run.Fit;
import org.r1zero.experiment.run.ModelSession;
import org.r1zero.experiment.run.Preflight;
import org.r1zero.experiment.run.Workers;
import org.r1zero.grpo.files.Folders;
import org.r1zero.rollout.PromptRenderer;
import org.r1zero.rollout.generation.SamplingStatus;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ProgramHome;
import org.r1zero.verify.reward.PortableReward;
import org.r1zero.verify.reward.RewardEntry;

/**
 * Makes examples: samples a model or reads files, judges, filters, balances, writes a data card.
 */
record CurateStage(Recipe recipe, String name, CurateOptions options, Path model, PrintStream out)
    implements Stage {
  @Override
  public String check() throws IOException {
    List<String> files = new ArrayList<>(options.files());
    files.addAll(options.evaluationFiles());
    if (options.fewShot() != null) {
      files.add(options.fewShot());
    }
    List<String> missing =
        files.stream()
            .filter(file -> !Files.isRegularFile(ProgramHome.find(Path.of(file))))
            .map(file -> file + ": there is no such file")
            .toList();
    if (!missing.isEmpty()) {
      throw new ConfigException("stage " + name, missing);
    }
    List<BadRecord> bad = new ArrayList<>();
    Dataset dataset = Stage.problems(recipe);
    if (!options.files().isEmpty()) {
      return String.format(
              Locale.ROOT,
              "%,d given traces in %s",
              count(dataset, bad),
              options.files().size() == 1
                  ? options.files().get(0)
                  : options.files().size() + " files")
          + Conversations.said(bad);
    }
    List<Example> shots = shots(evaluation(dataset, bad), bad);
    Preflight found =
        Preflight.ofSampling(
            Stage.sampling(recipe, name, model, options.temperature(), filters()),
            this::chosen,
            renderer -> new FewShotPrompt(renderer, shots));
    return String.format(Locale.ROOT, "%s%n    %d samples of each", found, options.samples())
        + Conversations.said(bad);
  }

  @Override
  public ObjectNode configuration() {
    return configuration(Stage.problems(recipe));
  }

  private ObjectNode configuration(Dataset dataset) {
    ObjectNode node = RecipeLoader.toTree(options);
    node.remove(List.of("files", "evaluation_files", "few_shot"));
    node.put("name", name);
    Stage.describeSampling(recipe, dataset, node);
    node.set("accuracy", RecipeLoader.toTree(recipe.rewards().get(0)));
    return node;
  }

  @Override
  public Map<String, Path> inputs() {
    Map<String, Path> inputs = new TreeMap<>();
    inputs.put("model", model);
    if (options.fewShot() != null) {
      inputs.put("few_shot", ProgramHome.find(Path.of(options.fewShot())));
    }
    options.files().forEach(file -> inputs.put("file " + file, ProgramHome.find(Path.of(file))));
    options
        .evaluationFiles()
        .forEach(file -> inputs.put("evaluation " + file, ProgramHome.find(Path.of(file))));
    return Stage.withNamedFiles(
        inputs, recipe, filters().stream().map(RewardEntry::options).toList());
  }

  @Override
  public Made run(Path folder, StageMeter meter) throws IOException {
    Dataset dataset = Stage.problems(recipe);
    List<BadRecord> bad = new ArrayList<>();
    List<String> evaluation = evaluation(dataset, bad);
    Curation curation =
        options.files().isEmpty()
            ? curation(sample(dataset, shots(evaluation, bad), folder, meter), evaluation)
            : curation(given(dataset), evaluation);
    Path target = folder.resolve(options.file());
    try (Selection selection = choose(curation, folder)) {
      bad.addAll(selection.bad());
      if (selection.count() == 0) {
        throw new IllegalStateException(
            String.format(
                "stage %s has no example left; traces left after each filter: %s%s",
                name,
                selection.left(),
                bad.isEmpty() ? "" : "; " + bad.size() + " bad records, the first: " + bad.get(0)));
      }
      TreeMap<Integer, Integer> difficulties = new TreeMap<>();
      ExampleFiles.write(target, counted(selection.examples(), difficulties), options.form());
      ObjectNode configuration = configuration(dataset);
      new DataCard(
              name,
              sources(configuration),
              options.licence(),
              recipe.seed(),
              selection.left(),
              bad,
              configuration)
          .write(target, difficulties);
      selection.left().forEach((filter, left) -> out.printf("  %-24s %6d left%n", filter, left));
    }
    bad.forEach(fault -> out.println("bad record " + fault));
    return new Made(null, target);
  }

  /** Files of traces, and what judges them. */
  private record Source(List<Path> files, TraceJudge judge, int maxBad) {}

  private Curation curation(Source source, List<String> evaluation) {
    return new Curation(
        source.files(),
        source.judge(),
        source.maxBad(),
        options.filters(),
        evaluation,
        recipe.seed());
  }

  /** On the cluster that this process was started on, otherwise here. */
  private Selection choose(Curation curation, Path folder) throws IOException {
    Optional<DataEngine> cluster = DataEngine.found();
    if (cluster.isEmpty()) {
      return Curator.choose(curation);
    }
    String shared = recipe.rollouts().weightsFolder();
    return cluster
        .get()
        .choose(
            curation,
            shared.equals("auto")
                ? folder.resolve("judged").toUri().toString()
                : shared + "/" + folder.getFileName(),
            out::println);
  }

  private static Iterable<Example> counted(
      Iterable<Example> examples, Map<Integer, Integer> difficulties) {
    return () -> {
      Iterator<Example> all = examples.iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return all.hasNext();
        }

        @Override
        public Example next() {
          Example next = all.next();
          difficulties.merge(next.difficulty(), 1, Integer::sum);
          return next;
        }
      };
    };
  }

  /** Questions that must not occur among the examples. */
  private List<String> evaluation(Dataset dataset, List<BadRecord> bad) throws IOException {
    List<String> evaluation = new ArrayList<>();
    dataset.heldOut().forEach(problem -> evaluation.add(problem.question()));
    for (String file : options.evaluationFiles()) {
      read(file, bad, example -> {}).forEach(example -> evaluation.add(example.question()));
    }
    return evaluation;
  }

  private Map<String, String> sources(ObjectNode configuration) throws IOException {
    Map<String, String> sources = new LinkedHashMap<>();
    for (Map.Entry<String, Path> input : inputs().entrySet()) {
      if (!input.getKey().equals("model")) {
        sources.put(input.getKey(), Folders.hash(input.getValue()));
      } else if (options.files().isEmpty()) {
        sources.put("model " + model, Folders.hash(model));
      }
    }
    sources.put(
        "problems of " + recipe.task().name() + ", seed " + recipe.seed(),
        configuration.at("/problems/train_sha256").textValue());
    return sources;
  }

  /**
   * The problems that are sampled: so many, from a first one on.
   *
   * @throws IllegalArgumentException if there is none
   */
  private Dataset chosen(Dataset dataset) {
    int from = options.firstProblem();
    List<Problem> train = dataset.train();
    if (from >= train.size()) {
      throw new IllegalArgumentException(
          String.format(
              "first_problem is %d, but %s has %d training problems, numbered from 0",
              from, recipe.task().name(), train.size()));
    }
    int to = (int) Math.min((long) from + options.problems(), train.size());
    return new Dataset(
        dataset.name(),
        List.of(new Dataset.Part(train.subList(from, to), 1)),
        dataset.heldOut(),
        dataset.notes(),
        dataset.spare());
  }

  /** The few-shot examples; what overlaps an evaluation set is left out, and said. */
  private List<Example> shots(List<String> evaluation, List<BadRecord> bad) throws IOException {
    String file = options.fewShot();
    if (file == null) {
      return List.of();
    }
    int ngram = options.filters().decontaminateNgram();
    Decontaminator overlap =
        new Decontaminator(ngram == 0 ? List.of() : evaluation, Math.max(1, ngram));
    List<Example> clean = new ArrayList<>();
    List<Example> all =
        read(file, bad, example -> Conversations.requireOneQuestion(example, "few_shot"));
    for (int i = 0; i < all.size(); i++) {
      if (overlap.overlaps(new Candidate(all.get(i), all.get(i).question(), Map.of()))) {
        bad.add(new BadRecord(file, i + 1, "overlaps an evaluation problem: no few-shot example"));
      } else {
        clean.add(all.get(i));
      }
    }
    return clean;
  }

  private Source sample(Dataset dataset, List<Example> shots, Path folder, StageMeter meter)
      throws IOException {
    List<Problem> problems;
    List<String> prompts;
    List<List<Completion>> said;
    try (ModelSession session =
            ModelSession.frozen(
                model.toString(), recipe.dtype(), recipe.device(), recipe.prompt());
        Workers workers =
            session.workers(
                recipe.rollouts(), new FewShotPrompt(session.renderer(), shots), out::println)) {
      PromptRenderer renderer = session.renderer();
      Fit fit =
          session.fit(
              chosen(dataset),
              recipe.prompt().overlong(),
              recipe.sampling().maxNewTokens(),
              new FewShotPrompt(renderer, shots));
      fit.dataset().notes().forEach(out::println);
      problems = fit.dataset().train();
      prompts = problems.stream().map(renderer::render).toList();
      Sampled sampled =
          new Sampled(
              meter,
              session.policy().parameterCount(),
              new Counting(out, "completions", (long) problems.size() * options.samples()));
      said =
          CompletionStore.in(folder.resolve("completions"), "")
              .sample(
                  workers.sampler(),
                  problems,
                  options.samples(),
                  recipe.sampling().withTemperature(options.temperature()),
                  recipe.seed(),
                  sampled);
      sampled.count();
    }
    return new Source(
        List.of(SampledTraces.write(folder.resolve("traces.jsonl"), said)),
        new SampledTraces(judge(), problems, prompts),
        0);
  }

  /** Shows how far the sampling is, and has the meter count it now and then. */
  private static final class Sampled implements CompletionStore.Listener {
    private static final int COUNTED = 32;
    private final StageMeter meter;
    private final long parameters;
    private final Counting progress;
    private int completions;
    private long tokens;

    Sampled(StageMeter meter, long parameters, Counting progress) {
      this.meter = meter;
      this.parameters = parameters;
      this.progress = progress;
    }

    @Override
    public void status(SamplingStatus status) {
      progress.update(status.finished());
    }

    @Override
    public void sampled(Completion completion) {
      tokens += completion.tokenCount();
      if (++completions % COUNTED == 0) {
        count();
      }
    }

    void count() {
      meter.add(parameters, tokens, 0, 0);
      tokens = 0;
    }
  }

  /** Given traces, each to be judged by its problem. */
  private Source given(Dataset dataset) {
    Map<String, Problem> known = new LinkedHashMap<>();
    dataset.train().forEach(problem -> known.put(problem.id(), problem));
    return new Source(
        options.files().stream().map(file -> ProgramHome.find(Path.of(file))).toList(),
        new GivenTraces(judge(), known, recipe.task().name()),
        options.maxBad());
  }

  /** How many given traces can be judged; none is. */
  private int count(Dataset dataset, List<BadRecord> bad) throws IOException {
    judge().open();
    Source source = given(dataset);
    AtomicInteger count = new AtomicInteger();
    for (Path file : source.files()) {
      bad.addAll(
          ExampleFiles.each(
              file,
              source.maxBad(),
              record -> {
                ((GivenTraces) source.judge()).example(record);
                count.incrementAndGet();
              }));
    }
    return count.get();
  }

  private List<Example> read(String file, List<BadRecord> bad, Consumer<Example> use)
      throws IOException {
    ExampleFiles.Contents contents =
        ExampleFiles.read(ProgramHome.find(Path.of(file)), options.maxBad(), use);
    bad.addAll(contents.bad());
    return contents.examples();
  }

  private List<RewardEntry> filters() {
    List<RewardEntry> filters = new ArrayList<>();
    filters.add(recipe.rewards().get(0));
    filters.addAll(options.verifiers());
    return filters;
  }

  private PortableReward judge() {
    return new PortableReward(filters(), recipe.scoring());
  }
}
