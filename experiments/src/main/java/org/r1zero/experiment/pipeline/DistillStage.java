package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Distillation as in the R1 paper: a teacher's curated samples, then supervised training. */
final class DistillStage implements Stage {
  private final CurateStage teaching;
  private final PipelineRecipe recipe;
  private final SftOptions sft;
  private final Path teacher;
  private final Path student;
  private final PrintStream out;

  DistillStage(
      PipelineRecipe recipe,
      String name,
      DistillOptions options,
      Path teacher,
      Path student,
      PrintStream out) {
    this.teaching = new CurateStage(recipe, name, options.curate(), teacher, out);
    this.recipe = recipe;
    this.sft = options.sft();
    this.teacher = teacher;
    this.student = student;
    this.out = out;
  }

  @Override
  public ObjectNode configuration() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.set("curate", teaching.configuration());
    node.set("sft", new SftStage(recipe, sft, student, student, out).configuration());
    return node;
  }

  @Override
  public Map<String, Path> inputs() {
    Map<String, Path> inputs = new TreeMap<>(teaching.inputs());
    inputs.put("model", student);
    inputs.put("teacher", teacher);
    return inputs;
  }

  @Override
  public Made run(Path folder, StageMeter meter) throws IOException {
    Path data = teaching.run(folder, meter).data();
    if (data == null) {
      throw new IllegalStateException("curation makes data");
    }
    Path model = new SftStage(recipe, sft, student, data, out).run(folder, meter).model();
    return new Made(model, data);
  }
}
