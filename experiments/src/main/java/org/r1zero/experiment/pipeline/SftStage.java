package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.r1zero.coldstart.curate.Example;
import org.r1zero.coldstart.curate.ExampleFiles;
import org.r1zero.coldstart.records.BadRecord;
import org.r1zero.coldstart.sft.SftCourse;
import org.r1zero.coldstart.sft.SftPlan;
import org.r1zero.coldstart.sft.SftSchedule;
import org.r1zero.experiment.config.CheckpointConfig;
import org.r1zero.experiment.config.PromptConfig;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.metrics.Counting;
import org.r1zero.experiment.run.ModelSession;
import org.r1zero.experiment.run.StageTraining;
import org.r1zero.grpo.StepReport;
import org.r1zero.grpo.Surroundings;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.model.tokenizer.ChatTemplate;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.rollout.Texts;
import org.r1zero.verify.Problem;

/** Supervised training of a model on a file of examples. */
final class SftStage implements Stage {
  private static final String THINK = "<think>";
  private final PipelineRecipe recipe;
  private final SftOptions options;
  private final Path model;
  private final Path data;
  private final PrintStream out;

  SftStage(PipelineRecipe recipe, SftOptions options, Path model, Path data, PrintStream out) {
    this.recipe = recipe;
    this.options = options;
    this.model = model;
    this.data = data;
    this.out = out;
  }

  @Override
  public ObjectNode configuration() {
    ObjectNode node = RecipeLoader.toTree(options);
    node.remove("data");
    node.put("seed", recipe.seed()).put("dtype", recipe.dtype().name());
    node.set("prompt", RecipeLoader.toTree(recipe.prompt()));
    return node;
  }

  @Override
  public Map<String, Path> inputs() {
    return Map.of("model", model, "data", data);
  }

  @Override
  public Made run(Path folder, StageMeter meter) throws IOException {
    ExampleFiles.Contents contents =
        ExampleFiles.read(data, options.maxBad(), this::requireThatAllIsPut);
    for (BadRecord bad : contents.bad()) {
      out.println("bad record " + bad);
    }
    try (ModelSession session =
            new ModelSession(model, recipe.dtype(), recipe.device(), recipe.prompt());
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
            checkpoints(options.schedule()),
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
  private static CheckpointConfig checkpoints(SftSchedule schedule) {
    boolean takesBest = schedule.earlyStoppingPatience() > 0;
    return new CheckpointConfig(
        schedule.saveSteps() > 0 ? schedule.saveSteps() : Integer.MAX_VALUE,
        1,
        takesBest ? "eval_loss" : "",
        false,
        takesBest,
        CheckpointConfig.IfDamaged.USE_PREVIOUS);
  }

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
    Tokenizer tokenizer = session.tokenizer();
    Texts texts = new Texts(tokenizer, session.renderer());
    int end = tokenizer.endOfTurn();
    int context = session.policy().config().maxPositionEmbeddings();
    List<Sample> result = new ArrayList<>();
    int tooLong = 0;
    for (Example example : examples) {
      String before = prompt(example, session);
      int[] prompt = texts.encode(before);
      int[] text = tokenizer.encode(said(before, example.completion()));
      int[] completion = Arrays.copyOf(text, text.length + 1);
      completion[text.length] = end;
      if (prompt.length + completion.length > context) {
        tooLong++;
      } else {
        result.add(Sample.toLearn(prompt, completion));
      }
    }
    if (tooLong > 0) {
      out.printf("%d examples are longer than the context of %d: left out%n", tooLong, context);
    }
    return result;
  }

  /** Templates that put one question would drop what was said before it. */
  private void requireThatAllIsPut(Example example) {
    PromptConfig.Template template = recipe.prompt().template();
    if (template != PromptConfig.Template.CHAT) {
      Conversations.requireOneQuestion(
          example, "prompt.template " + template.name().toLowerCase(Locale.ROOT));
    }
  }

  /**
   * Where the prompt has opened the reasoning, as some chat templates do, it is not opened twice.
   */
  private static String said(String prompt, String completion) {
    if (!prompt.stripTrailing().endsWith(THINK) || !completion.startsWith(THINK)) {
      return completion;
    }
    String rest = completion.substring(THINK.length());
    return prompt.endsWith("\n") && rest.startsWith("\n") ? rest.substring(1) : rest;
  }

  /** A prompt is taken as it is; messages are put as the recipe's template puts a problem. */
  private String prompt(Example example, ModelSession session) {
    if (example.messages().isEmpty()) {
      return example.prompt();
    }
    if (recipe.prompt().template() == PromptConfig.Template.CHAT) {
      return ChatTemplate.open(model).render(example.messages(), true);
    }
    return session.renderer().render(new Problem("", example.question(), ""));
  }
}
