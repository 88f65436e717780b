package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.DistillOptions;
import org.r1zero.experiment.config.Recipe;

/** Distillation as in the R1 paper: a teacher's curated samples, then supervised training. */
record DistillStage(
    Recipe recipe, String name, DistillOptions options, Path teacher, Path student, PrintStream out)
    implements Stage {

  private CurateStage teaching() {
    return new CurateStage(recipe, name, options.curate(), teacher, out);
  }

  private SftStage learning(@Nullable Path data) {
    return new SftStage(recipe, name, options.sft(), student, data, out);
  }

  @Override
  public String check() throws IOException {
    return teaching().check() + "\n    then trains on what is kept: " + learning(null).memory();
  }

  @Override
  public ObjectNode configuration() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.set("curate", teaching().configuration());
    node.set("sft", learning(null).configuration());
    return node;
  }

  @Override
  public Map<String, Path> inputs() {
    Map<String, Path> inputs = new TreeMap<>(teaching().inputs());
    inputs.put("model", student);
    inputs.put("teacher", teacher);
    return inputs;
  }

  @Override
  public Made run(Path folder, StageMeter meter) throws IOException {
    Path data = teaching().run(folder, meter).data();
    if (data == null) {
      throw new IllegalStateException("curation makes data");
    }
    Path model = learning(data).run(folder, meter).model();
    return new Made(model, data);
  }
}
