package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.r1zero.coldstart.curate.Example;
import org.r1zero.coldstart.curate.ExampleFiles;
import org.r1zero.coldstart.records.BadRecord;
import org.r1zero.coldstart.sft.SftCourse;
import org.r1zero.coldstart.sft.SftExample;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.metrics.Counting;
import org.r1zero.experiment.metrics.JsonLines;
import org.r1zero.experiment.run.ModelSession;
import org.r1zero.grpo.checkpoint.CheckpointStore;
import org.r1zero.grpo.files.Folders;
import org.r1zero.grpo.optim.AdamW;

/** Supervised training of a model on a file of examples. */
final class SftStage implements Stage {
  private static final int KEPT_CHECKPOINTS = 1;
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
    ExampleFiles.Contents contents = SftTexts.read(data, options, recipe.prompt());
    for (BadRecord bad : contents.bad()) {
      out.println("bad record " + bad);
    }
    try (ModelSession session =
            new ModelSession(model, recipe.dtype(), recipe.device(), recipe.prompt());
        AdamW optimizer = new AdamW(options.optimizer(), session.policy().parameters())) {
      List<SftExample> examples = tokenize(contents.examples(), session);
      SftCourse course =
          new SftCourse(
              options.schedule(),
              options.batchSize(),
              options.microBatchTokens(),
              options.optimizer(),
              session.policy(),
              optimizer,
              examples,
              recipe.seed(),
              new CheckpointStore(folder.resolve("checkpoints"), KEPT_CHECKPOINTS));
      Path metricsFile = folder.resolve("metrics.jsonl");
      Set<Long> written = MetricLines.steps(metricsFile);
      long parameters = session.policy().parameterCount();
      Counting progress = new Counting(out, "sft steps", course.totalSteps());
      course.train(
          (step, metrics, trained, measured) -> {
            meter.add(parameters, 0, measured, trained);
            if (!written.contains(step)) {
              Map<String, Object> line = new TreeMap<>(metrics);
              line.put("step", step);
              JsonLines.append(metricsFile, List.of(line));
            }
            say(step, course.totalSteps(), metrics);
            progress.update(step);
          });
      Path target = folder.resolve("model");
      Folders.delete(target);
      session.save(target);
      Folders.delete(folder.resolve("checkpoints"));
      return new Made(target, null);
    }
  }

  private void say(long step, long total, Map<String, Double> metrics) {
    if (step % 10 == 0 || step == total || metrics.containsKey("eval_loss")) {
      Double eval = metrics.get("eval_loss");
      out.printf(
          Locale.ROOT,
          "sft step %d/%d  loss %.4f  accuracy %.1f %%%s%n",
          step,
          total,
          metrics.get("loss"),
          100 * metrics.getOrDefault("mean_token_accuracy", Double.NaN),
          eval == null ? "" : String.format(Locale.ROOT, "  eval_loss %.4f", eval));
    }
  }

  private List<SftExample> tokenize(List<Example> examples, ModelSession session) {
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
