package org.r1zero.experiment.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.StageConfig;
import org.r1zero.experiment.model.ModelFolder;
import org.r1zero.verify.ProgramHome;

/**
 * What a stage finds when its turn comes: the recipe's model, and what stages before it made. When
 * stages are only checked, a model that is not made yet is stood for by that which it will be made
 * of.
 */
final class Earlier {
  private final @Nullable Path unpacked;
  private final Map<String, Path> models = new HashMap<>();
  private final Map<String, Optional<Path>> data = new HashMap<>();
  private @Nullable String newestData;
  private Path model;

  /**
   * Begins with the recipe's model.
   *
   * @param unpacked where embedded models are unpacked; {@code null} where stages are only checked
   */
  Earlier(Recipe recipe, @Nullable Path unpacked) throws IOException {
    this.unpacked = unpacked;
    this.model = place(recipe.model());
    models.put(StageConfig.BASE, model);
  }

  private Path place(String name) throws IOException {
    return unpacked == null ? Path.of(name) : ModelFolder.locate(name, unpacked);
  }

  /** The model that the newest stage made; before any did, the recipe's. */
  Path model() {
    return model;
  }

  /**
   * A model that a stage names.
   *
   * @param source what messages name
   * @param what the stage's key
   * @param name of an earlier stage or of a model; {@code null} for the newest
   * @throws ConfigException if there is no such model
   */
  Path model(String source, String what, @Nullable String name) throws IOException {
    Path found = find(name);
    if (!ModelFolder.exists(found)) {
      throw new ConfigException(
          source,
          List.of(
              what
                  + " must be base, an earlier stage that makes a model, an embedded model or a"
                  + " model's folder, was '"
                  + found
                  + "'"));
    }
    return found;
  }

  private Path find(@Nullable String name) throws IOException {
    Path made = name == null ? model : models.get(name);
    return made == null ? place(String.valueOf(name)) : made;
  }

  /**
   * Examples that a stage names; {@code null} where an earlier stage has still to make them.
   *
   * @param name of an earlier stage or of a file; {@code null} for the newest examples
   * @throws ConfigException if there are none
   */
  @Nullable Path data(String source, @Nullable String name) {
    String from = name == null ? newestData : name;
    Optional<Path> made = from == null ? null : data.get(from);
    if (made != null) {
      return made.orElse(null);
    }
    Path file = ProgramHome.find(Path.of(String.valueOf(from)));
    if (from == null || !Files.isRegularFile(file)) {
      throw new ConfigException(
          source,
          List.of(
              from == null
                  ? "data is missing: no earlier stage makes examples, so name a file"
                  : "data must be an earlier stage that makes examples, or a file, was " + from));
    }
    return file.toAbsolutePath();
  }

  /** Notes what a stage will make. */
  void expect(StageConfig stage) throws IOException {
    Path start = find(stage.model());
    boolean known = stage.kind().makesModel() && ModelFolder.exists(start);
    made(stage, known ? start : null, Optional.empty());
  }

  /** Notes what a stage made. */
  void made(StageConfig stage, StageFolder folder) throws IOException {
    made(stage, folder.model(), Optional.ofNullable(folder.data()));
  }

  private void made(StageConfig stage, @Nullable Path madeModel, Optional<Path> examples) {
    if (madeModel != null) {
      model = madeModel;
    }
    if (stage.kind().makesModel()) {
      models.put(stage.name(), model);
    }
    if (stage.kind().makesData()) {
      data.put(stage.name(), examples);
      newestData = stage.name();
    }
  }
}
