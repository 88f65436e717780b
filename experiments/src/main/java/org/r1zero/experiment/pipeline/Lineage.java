package org.r1zero.experiment.pipeline;

import java.util.HashMap;
import java.util.Map;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.StageConfig;

/**
 * Which model each stage's model descends from. A pipeline may train two: a teacher, and a student
 * of another base that is its result.
 */
public final class Lineage {
  private final Map<String, String> origins = new HashMap<>();
  private String base;

  private Lineage(String base) {
    this.base = base;
  }

  /** Follows a recipe's stages. */
  public static Lineage of(Recipe recipe) {
    Lineage lineage = new Lineage(recipe.model());
    for (StageConfig stage : recipe.asPipeline().stages()) {
      String start = lineage.base;
      if (stage.model() != null) {
        start =
            stage.model().equals(StageConfig.BASE)
                ? recipe.model()
                : lineage.origins.getOrDefault(stage.model(), stage.model());
      }
      if (stage.kind().makesModel()) {
        lineage.origins.put(stage.name(), start);
        lineage.base = start;
      }
    }
    return lineage;
  }

  /** What the pipeline's result descends from, as the recipe names it. */
  public String base() {
    return base;
  }

  /** Whether a stage trained a model of the same descent as the result. */
  public boolean isOfResult(String stage) {
    return base.equals(origins.get(stage));
  }
}
