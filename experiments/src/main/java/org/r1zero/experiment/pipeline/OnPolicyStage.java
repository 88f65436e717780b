package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.r1zero.coldstart.dataset.ShuffledProblems;
import org.r1zero.experiment.config.CheckpointConfig;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.OnPolicyOptions;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.metrics.Counting;
import org.r1zero.experiment.model.ModelFolder;
import org.r1zero.experiment.run.Fit;
import org.r1zero.experiment.run.ModelSession;
import org.r1zero.experiment.run.Preflight;
import org.r1zero.experiment.run.StageTraining;
import org.r1zero.experiment.run.Workers;
import org.r1zero.grpo.Objective;
import org.r1zero.grpo.ReverseKl;
import org.r1zero.grpo.StepMetrics;
import org.r1zero.grpo.StepReport;
import org.r1zero.grpo.Surroundings;
import org.r1zero.grpo.UpdateLoop;
import org.r1zero.grpo.data.BatchPacker;
import org.r1zero.grpo.data.Minibatch;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.files.Folders;
import org.r1zero.grpo.model.ModelMemory;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.rollout.PolicySampler;
import org.r1zero.rollout.SampledGroup;

/** On-policy distillation: the student samples, and comes nearer to the teacher at every token. */
record OnPolicyStage(
    Recipe recipe,
    String name,
    OnPolicyOptions options,
    Path teacher,
    Path student,
    PrintStream out)
    implements Stage {
  @Override
  public String check() throws IOException {
    Recipe sampling =
        Stage.sampling(
            recipe,
            name,
            student,
            recipe.sampling().temperature(),
            List.of(recipe.rewards().get(0)));
    Preflight found = Preflight.ofSampling(sampling, data -> data, renderer -> renderer);
    try (ModelFolder taught = ModelFolder.open(student.toString());
        ModelFolder teaching = ModelFolder.open(teacher.toString())) {
      ModelMemory own = new ModelMemory(taught.directory().config(), recipe.dtype());
      ModelMemory other = new ModelMemory(teaching.directory().config(), recipe.dtype());
      return found.said(
          own.training(0, false, false)
              - own.weights() // which sampling has
              + options.microBatchTokens() * own.perToken(false)
              + other.weights());
    }
  }

  @Override
  public ObjectNode configuration() {
    ObjectNode node = RecipeLoader.toTree(options);
    node.remove("teacher");
    Stage.forgetPlace(node);
    Stage.describeSampling(recipe, Stage.problems(recipe), node);
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
    try (ModelSession taught =
            ModelSession.trained(
                student.toString(), recipe.dtype(), recipe.device(), recipe.prompt());
        ModelSession teaching =
            ModelSession.frozen(
                teacher.toString(), recipe.dtype(), recipe.device(), recipe.prompt());
        Workers workers = taught.workers(recipe.rollouts(), taught.renderer(), out::println);
        AdamW optimizer = new AdamW(options.optimizer(), taught.policy().parameters());
        StageTraining training =
            new StageTraining(
                folder,
                CheckpointConfig.ofStage(options.saveSteps(), ""),
                recipe.health(),
                options.steps(),
                out::println,
                this::say)) {
      Surroundings around = training.around(taught.policy(), optimizer);
      Objective objective = new ReverseKl(teaching.policy(), recipe.sampling().temperature());
      UpdateLoop loop = new UpdateLoop(around, objective, options.steps(), options.steps());
      training.restore(loop::restore);
      Fit fit =
          taught.fit(
              Stage.problems(recipe),
              recipe.prompt().overlong(),
              recipe.sampling().maxNewTokens(),
              taught.renderer());
      fit.dataset().notes().forEach(out::println);
      ShuffledProblems problems = new ShuffledProblems(fit.dataset(), recipe.seed());
      BatchPacker packer = new BatchPacker(1, options.microBatchTokens());
      Counting progress = new Counting(out, "on-policy steps", options.steps());
      loop.run(
          metrics -> {
            long step = loop.step();
            progress.update(step);
            workers.publish(loop.updates()); // the newest weights
            List<List<Sample>> groups = sample(workers.sampler(), problems, step);
            List<Minibatch> update = packer.pack(groups, recipe.seed());
            metrics.startTraining();
            loop.update(update.get(0), update, metrics);
            count(groups, update.get(0), taught, teaching, metrics, meter);
          },
          loop::state);
      boolean finished = loop.step() >= options.steps();
      return new Made(training.finish(taught.policy(), student, finished), null);
    }
  }

  private List<List<Sample>> sample(PolicySampler sampler, ShuffledProblems problems, long step) {
    long first = step * options.problemsPerStep();
    List<SampledGroup> groups =
        sampler.sample(
            LongStream.range(first, first + options.problemsPerStep())
                .mapToObj(problems::problemAt)
                .toList(),
            options.numGenerations(),
            recipe.sampling(),
            recipe.seed() + 1_000_003L * (step + 1),
            status -> {});
    return groups.stream()
        .map(
            group ->
                group.generations().stream()
                    .map(g -> Sample.toLearn(group.promptTokens(), g.tokens()))
                    .toList())
        .toList();
  }

  private void count(
      List<List<Sample>> groups,
      Minibatch update,
      ModelSession taught,
      ModelSession teaching,
      StepMetrics metrics,
      StageMeter meter) {
    List<Sample> samples = groups.stream().flatMap(List::stream).toList();
    long sampled = samples.stream().mapToLong(s -> s.tokens().length).sum();
    long rows = update.micros().stream().mapToLong(m -> m.tokens().rowCount()).sum();
    meter.add(taught.policy().parameterCount(), sampled, 0, rows);
    meter.add(teaching.policy().parameterCount(), 0, rows, 0);
    metrics.addTokens(samples.stream().mapToLong(Sample::length).sum());
    metrics.put("completions/mean_length", sampled / (double) samples.size());
  }

  private void say(StepReport report) {
    long step = report.step() + 1;
    if (step % 10 == 0 || step == 1) {
      out.printf(
          Locale.ROOT,
          "on-policy step %d/%d  reverse KL %.4f%n",
          step,
          options.steps(),
          report.metric("loss"));
    }
  }
}
