package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.curate.Example;
import org.r1zero.coldstart.curate.ExampleFiles;
import org.r1zero.coldstart.records.BadRecord;
import org.r1zero.coldstart.sft.SftCourse;
import org.r1zero.coldstart.sft.SftPlan;
import org.r1zero.experiment.config.CheckpointConfig;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.config.SftOptions;
import org.r1zero.experiment.metrics.Counting;
import org.r1zero.experiment.model.ModelFolder;
import org.r1zero.experiment.run.ModelSession;
import org.r1zero.experiment.run.Preflight;
import org.r1zero.experiment.run.StageTraining;
import org.r1zero.grpo.StepReport;
import org.r1zero.grpo.Surroundings;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.model.ModelMemory;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.torch.Torch;

/**
 * Supervised training of a model on a file of examples.
 *
 * @param data {@code null} where they have still to be made
 */
record SftStage(
    Recipe recipe,
    String name,
    SftOptions options,
    Path model,
    @Nullable Path data,
    PrintStream out)
    implements Stage {
  @Override
  public String check() throws IOException {
    if (data == null) {
      String maker = options.data() == null ? "an earlier stage" : "stage " + options.data();
      return "trains on what " + maker + " makes; " + memory();
    }
    Torch.device(recipe.device());
    ExampleFiles.Contents contents = SftTexts.read(data, options, recipe.prompt());
    try (ModelFolder folder = ModelFolder.open(model.toString())) {
      int context = folder.directory().config().maxPositionEmbeddings();
      SftTexts texts =
          new SftTexts(
              recipe.prompt(),
              folder.renderer(recipe.prompt()),
              folder.directory().path(),
              folder.tokenizer());
      SftTexts.Encoded encoded = texts.encode(contents.examples(), context);
      if (encoded.examples().isEmpty()) {
        throw new ConfigException(
            "stage " + name,
            List.of(
                String.format(
                    Locale.ROOT,
                    "%s has no example that can be trained on: %d of %d are longer than the context"
                        + " of %d tokens",
                    options.data(),
                    encoded.tooLong(),
                    contents.examples().size(),
                    context)));
      }
      return String.format(
              Locale.ROOT,
              "%,d examples of up to %,d tokens, context %,d%s%n    %s",
              encoded.examples().size(),
              encoded.longest(),
              context,
              encoded.tooLong() == 0
                  ? ""
                  : String.format(Locale.ROOT, "; %,d left out as too long", encoded.tooLong()),
              memory())
          + Conversations.said(contents.bad());
    }
  }

  /** What training the model will take, in words. */
  String memory() throws IOException {
    try (ModelFolder folder = ModelFolder.open(model.toString())) {
      ModelMemory memory = new ModelMemory(folder.directory().config(), recipe.dtype());
      return Preflight.memory(
          memory.parameters(),
          Preflight.PROCESS
              + memory.training(0, false, false)
              + options.microBatchTokens() * memory.perToken(false),
          "micro_batch_tokens");
    }
  }

  @Override
  public ObjectNode configuration() {
    ObjectNode node = RecipeLoader.toTree(options);
    node.remove("data");
    Stage.forgetPlace(node);
    node.put("seed", recipe.seed()).put("dtype", recipe.dtype().name());
    node.set("prompt", RecipeLoader.toTree(recipe.prompt()));
    return node;
  }

  @Override
  public Map<String, Path> inputs() {
    return Map.of("model", model, "data", made());
  }

  private Path made() {
    return Objects.requireNonNull(data, "the stage that makes the examples has been run");
  }

  @Override
  public Made run(Path folder, StageMeter meter) throws IOException {
    ExampleFiles.Contents contents = SftTexts.read(made(), options, recipe.prompt());
    for (BadRecord bad : contents.bad()) {
      out.println("bad record " + bad);
    }
    try (ModelSession session =
            ModelSession.trained(
                model.toString(), recipe.dtype(), recipe.device(), recipe.prompt());
        AdamW optimizer = new AdamW(options.optimizer(), session.policy().parameters())) {
      return train(tokenize(contents.examples(), session), session, optimizer, folder, meter);
    }
  }

  private Made train(
      List<Sample> examples, ModelSession session, AdamW optimizer, Path folder, StageMeter meter)
      throws IOException {
    SftPlan plan = new SftPlan(options.schedule(), options.batchSize(), examples, recipe.seed());
    long parameters = session.policy().parameterCount();
    Counting progress = new Counting(out, "sft steps", plan.totalSteps());
    try (StageTraining training =
        new StageTraining(
            folder,
            CheckpointConfig.ofStage(
                options.schedule().saveSteps(),
                options.schedule().earlyStoppingPatience() > 0 ? "eval_loss" : ""),
            recipe.health(),
            plan.totalSteps(),
            out::println,
            report -> {
              long step = report.step();
              meter.add(parameters, 0, plan.measuredTokens(step), plan.trainedTokens(step));
              say(report, plan.totalSteps());
              progress.update(step + 1);
            })) {
      Surroundings around = training.around(session.policy(), optimizer);
      SftCourse course = new SftCourse(plan, options.microBatchTokens(), around);
      training.restore(course::restore);
      course.train();
      return new Made(training.finish(session.policy(), model, course.finished()), null);
    }
  }

  /** The best weights are kept where early stopping takes them. */
  private void say(StepReport report, long total) {
    long step = report.step() + 1;
    double eval = report.metric("eval_loss");
    if (step % 10 == 0 || step == total || !Double.isNaN(eval)) {
      out.printf(
          Locale.ROOT,
          "sft step %d/%d  loss %.4f  accuracy %.1f %%%s%n",
          step,
          total,
          report.metric("loss"),
          100 * report.metric("mean_token_accuracy"),
          Double.isNaN(eval) ? "" : String.format(Locale.ROOT, "  eval_loss %.4f", eval));
    }
  }

  private List<Sample> tokenize(List<Example> examples, ModelSession session) {
    int context = session.policy().config().maxPositionEmbeddings();
    SftTexts.Encoded encoded =
        new SftTexts(recipe.prompt(), session.renderer(), model, session.tokenizer())
            .encode(examples, context);
    if (encoded.tooLong() > 0) {
      out.printf(
          "%d examples are longer than the context of %d: left out%n", encoded.tooLong(), context);
    }
    return encoded.examples();
  }
}
