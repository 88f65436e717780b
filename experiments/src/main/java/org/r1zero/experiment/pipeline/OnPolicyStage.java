package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.coldstart.dataset.ShuffledProblems;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.metrics.Counting;
import org.r1zero.experiment.metrics.JsonLines;
import org.r1zero.experiment.run.Fit;
import org.r1zero.experiment.run.ModelSession;
import org.r1zero.experiment.run.Workers;
import org.r1zero.grpo.checkpoint.Checkpoint;
import org.r1zero.grpo.checkpoint.CheckpointStore;
import org.r1zero.grpo.checkpoint.TrainingState;
import org.r1zero.grpo.files.Folders;
import org.r1zero.grpo.model.ReverseKl;
import org.r1zero.grpo.model.TokenBatch;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.SampledGroup;
import org.r1zero.rollout.generation.Generation;

/** On-policy distillation: the student samples, and comes nearer to the teacher at every token. */
final class OnPolicyStage implements Stage {
  private final PipelineRecipe recipe;
  private final OnPolicyOptions options;
  private final Path teacher;
  private final Path student;
  private final PrintStream out;

  OnPolicyStage(
      PipelineRecipe recipe, OnPolicyOptions options, Path teacher, Path student, PrintStream out) {
    this.recipe = recipe;
    this.options = options;
    this.teacher = teacher;
    this.student = student;
    this.out = out;
  }

  @Override
  public ObjectNode configuration() {
    ObjectNode node = RecipeLoader.toTree(options);
    node.remove("teacher");
    recipe.describeSampling(node);
    return node;
  }

  @Override
  public Map<String, Path> inputs() {
    return Map.of("model", student, "teacher", teacher);
  }

  @Override
  public Made run(Path folder, StageMeter meter) throws IOException {
    Path tokenizer = Path.of("tokenizer.json");
    if (!Folders.hash(student.resolve(tokenizer))
        .equals(Folders.hash(teacher.resolve(tokenizer)))) {
      throw new ConfigException(
          "on_policy_distill",
          List.of(
              "teacher must have the student's tokenizer: tokenizer.json of "
                  + teacher
                  + " differs from that of "
                  + student
                  + "; use kind distill, which needs none in common"));
    }
    Dataset dataset = recipe.task().load(recipe.seed(), recipe.scoring());
    CheckpointStore checkpoints = new CheckpointStore(folder.resolve("checkpoints"), 1);
    try (ModelSession taught =
            new ModelSession(student, recipe.dtype(), recipe.device(), recipe.prompt());
        ModelSession teaching =
            ModelSession.frozen(teacher, recipe.dtype(), recipe.device(), recipe.prompt());
        Workers workers = taught.workers(recipe.rollouts(), taught.renderer(), out::println);
        AdamW optimizer = new AdamW(options.optimizer(), taught.policy().parameters())) {
      Fit fit =
          taught.fit(
              dataset,
              recipe.prompt().overlong(),
              recipe.sampling().maxNewTokens(),
              taught.renderer());
      fit.dataset().notes().forEach(out::println);
      ShuffledProblems problems = new ShuffledProblems(fit.dataset(), recipe.seed());
      long first = resume(checkpoints, taught, optimizer);
      workers.publish(first);
      Path metricsFile = folder.resolve("metrics.jsonl");
      Set<Long> written = MetricLines.steps(metricsFile);
      Counting progress = new Counting(out, "on-policy steps", options.steps());
      for (long step = first; step < options.steps(); step++) {
        progress.update(step);
        List<SampledGroup> groups =
            workers
                .sampler()
                .sample(
                    LongStream.range(
                            step * options.problemsPerStep(),
                            (step + 1) * options.problemsPerStep())
                        .mapToObj(problems::problemAt)
                        .toList(),
                    options.numGenerations(),
                    recipe.sampling(),
                    recipe.seed() + 1_000_003L * (step + 1),
                    status -> {});
        Map<String, Object> metrics = update(step, groups, taught, teaching, optimizer, meter);
        workers.publish(step + 1);
        if (!written.contains(step + 1)) {
          JsonLines.append(metricsFile, List.of(metrics));
        }
        if (options.saveSteps() > 0 && (step + 1) % options.saveSteps() == 0) {
          ObjectNode none = JsonNodeFactory.instance.objectNode();
          checkpoints.save(TrainingState.of(step + 1, taught.policy(), optimizer, none), Set.of());
        }
      }
      Path target = folder.resolve("model");
      Folders.delete(target);
      taught.save(target);
      Folders.delete(folder.resolve("checkpoints"));
      return new Made(target, null);
    }
  }

  private static long resume(CheckpointStore checkpoints, ModelSession session, AdamW optimizer) {
    checkpoints.clean();
    Optional<Checkpoint> newest = checkpoints.newest(fault -> {});
    newest.ifPresent(c -> c.restore(TrainingState.tensors(session.policy(), optimizer)));
    return newest.map(Checkpoint::step).orElse(0L);
  }

  private Map<String, Object> update(
      long step,
      List<SampledGroup> groups,
      ModelSession taught,
      ModelSession teaching,
      AdamW optimizer,
      StageMeter meter) {
    long completionTokens =
        groups.stream()
            .flatMap(g -> g.generations().stream())
            .mapToLong(g -> g.tokens().length)
            .sum();
    double sum = 0;
    long rows = 0;
    for (TokenBatch batch : batches(groups)) {
      rows += batch.rowCount();
      try (Scope scope = Torch.openScope(taught.policy().device())) {
        for (float kl :
            ReverseKl.accumulateGradient(
                taught.policy(),
                teaching.policy(),
                batch,
                recipe.sampling().temperature(),
                1.0 / completionTokens,
                scope)) {
          sum += kl;
        }
      }
    }
    double rate = options.optimizer().rateAt(step, options.steps());
    double gradNorm = optimizer.step(rate);
    meter.add(taught.policy().parameterCount(), completionTokens, 0, rows);
    meter.add(teaching.policy().parameterCount(), 0, rows, 0);
    Map<String, Object> metrics = new TreeMap<>();
    metrics.put("step", step + 1);
    metrics.put("loss", sum / completionTokens);
    metrics.put("grad_norm", gradNorm);
    metrics.put("learning_rate", rate);
    metrics.put(
        "completions/mean_length",
        completionTokens / (double) (groups.size() * options.numGenerations()));
    if ((step + 1) % 10 == 0 || step == 0) {
      out.printf(
          Locale.ROOT,
          "on-policy step %d/%d  reverse KL %.4f%n",
          step + 1,
          options.steps(),
          sum / completionTokens);
    }
    return metrics;
  }

  /** One prompt with its completions is never split. */
  private List<TokenBatch> batches(List<SampledGroup> groups) {
    List<TokenBatch> batches = new ArrayList<>();
    List<SampledGroup> current = new ArrayList<>();
    int tokens = 0;
    for (SampledGroup group : groups) {
      int length =
          group.promptTokens().length
              + group.generations().stream().mapToInt(g -> g.tokens().length).sum();
      if (!current.isEmpty() && tokens + length > options.microBatchTokens()) {
        batches.add(batch(current));
        current = new ArrayList<>();
        tokens = 0;
      }
      current.add(group);
      tokens += length;
    }
    batches.add(batch(current));
    return batches;
  }

  private static TokenBatch batch(List<SampledGroup> groups) {
    List<int[]> completions = new ArrayList<>();
    List<Integer> owners = new ArrayList<>();
    for (int g = 0; g < groups.size(); g++) {
      for (Generation generation : groups.get(g).generations()) {
        completions.add(generation.tokens());
        owners.add(g);
      }
    }
    return new TokenBatch(
        groups.stream().map(SampledGroup::promptTokens).toArray(int[][]::new),
        completions.toArray(int[][]::new),
        owners.stream().mapToInt(Integer::intValue).toArray());
  }
}
