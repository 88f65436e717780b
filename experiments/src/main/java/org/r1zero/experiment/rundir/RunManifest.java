package org.r1zero.experiment.rundir;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.grpo.files.Hashes;
import org.r1zero.grpo.files.WholeFiles;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ProgramHome;

/** How a run came to be: enough to make it again, or to tell why another differs. */
public final class RunManifest {
  private static final String FILE = "manifest.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The status of a run that came to its end. */
  public static final String DONE = "done";

  private static final List<String> OTHER_MODEL_FILES =
      List.of("config.json", "tokenizer.json", "tokenizer_config.json");
  private static final int MAX_FINDINGS = 100;
  private final Path file;
  private final ObjectNode root;

  private RunManifest(Path file, ObjectNode root) {
    this.file = file;
    this.root = root;
  }

  /** Of a run that starts. */
  public static RunManifest start(RunDirectory directory) {
    RunManifest manifest = new RunManifest(directory.path().resolve(FILE), JSON.createObjectNode());
    manifest.root.put("status", "running");
    manifest.root.put("started", Instant.now().toString());
    circumstances(manifest.root);
    return manifest;
  }

  /** Of a run that goes on; {@code null} where it was stopped before it had one. */
  public static @Nullable RunManifest read(RunDirectory directory) {
    Path file = directory.path().resolve(FILE);
    if (!Files.exists(file)) {
      return null;
    }
    try {
      if (JSON.readTree(file.toFile()) instanceof ObjectNode root) {
        return new RunManifest(file, root);
      }
      throw damaged(file, Files.size(file) == 0 ? "it is empty" : "it is not a JSON object");
    } catch (JsonProcessingException e) {
      throw damaged(file, "it is not valid JSON");
    } catch (IOException e) {
      throw damaged(file, String.valueOf(e.getMessage()));
    }
  }

  private static ConfigException damaged(Path file, String how) {
    return new ConfigException(
        file
            + " is damaged: "
            + how
            + "; restore it from a copy, or delete it to resume without"
            + " checking that the model and the problems are still those of the start");
  }

  /** Whether the run came to its end. */
  public boolean isDone() {
    return root.path("status").asText().equals(DONE);
  }

  /** All of it. */
  JsonNode root() {
    return root;
  }

  /** Where the base model was when the run started; empty where that is not known. */
  public String modelPath() {
    return root.at("/model/path").asText("");
  }

  /**
   * Notes that the run goes on.
   *
   * @param changes what was changed in the recipe
   */
  public void resumed(List<String> changes) {
    root.put("status", "running");
    root.remove("ended");
    ObjectNode entry = root.withArray("/resumed").addObject();
    entry.put("time", Instant.now().toString());
    changes.forEach(entry.putArray("recipe_changes")::add);
    circumstances(entry);
  }

  /** Threads that computed with when the run started. */
  public int threads() {
    return root.path("torch_threads").asInt();
  }

  private static void circumstances(ObjectNode root) {
    root.put("git_commit", ProgramHome.commit());
    ObjectNode versions = root.putObject("versions");
    versions.put("java", System.getProperty("java.runtime.version"));
    versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    versions.put("arch", System.getProperty("os.arch"));
    versions.put("djl", ai.djl.engine.Engine.getDjlVersion());
    versions.put("pytorch", ai.djl.engine.Engine.getEngine("PyTorch").getVersion());
    root.put("processors", Runtime.getRuntime().availableProcessors());
    root.put("torch_threads", Torch.threads());
  }

  /** Notes the recipe. */
  public void recipe(String yaml, long seed) {
    root.put("seed", seed);
    root.put("recipe_sha256", Hashes.sha256(yaml));
  }

  /** Notes the base model, with the hashes of its files. */
  public void model(Path folder, List<Path> files) throws IOException {
    root.set("model", describe(folder, files));
  }

  private static ObjectNode describe(Path folder, List<Path> files) throws IOException {
    ObjectNode model = JSON.createObjectNode();
    model.put("path", folder.toAbsolutePath().normalize().toString());
    ObjectNode hashes = model.putObject("sha256");
    for (Path path : files) {
      hashes.put(folder.relativize(path).toString(), Hashes.sha256(path));
    }
    ObjectNode others = model.putObject("other_sha256");
    for (String name : OTHER_MODEL_FILES) {
      if (Files.isRegularFile(folder.resolve(name))) {
        others.put(name, Hashes.sha256(folder.resolve(name)));
      }
    }
    return model;
  }

  /** What is not as it was when the run started: the base's weights, the problems. */
  public List<String> differences(ModelDirectory model, Dataset dataset) throws IOException {
    List<String> differences = new ArrayList<>();
    JsonNode now = describe(model.path(), model.weightFiles());
    if (!root.at("/model/sha256").equals(now.path("sha256"))) {
      differences.add("weights of " + model.path() + ": other files than at the start, by SHA-256");
    }
    JsonNode others = root.at("/model/other_sha256");
    if (!others.isMissingNode() && !others.equals(now.path("other_sha256"))) {
      differences.add(
          "config or tokenizer of " + model.path() + ": other files than at the start, by SHA-256");
    }
    ObjectNode data = describe(dataset);
    for (String part : new String[] {"train_sha256", "held_out_sha256"}) {
      if (!root.path("data").path(part).equals(data.path(part))) {
        differences.add("problems of " + dataset.name() + ": another " + part);
      }
    }
    return differences;
  }

  /** Notes the problems, with their hashes. */
  public void data(Dataset dataset) {
    root.set("data", describe(dataset));
  }

  /** How many problems a data set has to train and to evaluate on, and hashes of them. */
  public static ObjectNode describe(Dataset dataset) {
    ObjectNode data = JSON.createObjectNode();
    data.put("name", dataset.name());
    data.put("train_problems", dataset.train().size());
    data.put("train_sha256", Hashes.sha256(text(dataset.train())));
    data.put("held_out_problems", dataset.heldOut().size());
    data.put("held_out_sha256", Hashes.sha256(text(dataset.heldOut())));
    return data;
  }

  /** Adds a result, such as an accuracy. */
  public void result(String name, Object value) {
    root.withObject("/result").set(name, JSON.valueToTree(value));
  }

  /** Notes what the health checks found; the first hundred findings, the rest are in the log. */
  public void finding(String finding) {
    if (root.withArray("/health").size() < MAX_FINDINGS) {
      root.withArray("/health").add(finding);
    }
  }

  /** Notes the end, such as {@link #DONE}, and writes it. */
  public void finish(String status) throws IOException {
    root.put("status", status);
    root.put("ended", Instant.now().toString());
    write();
  }

  /** Replaces the file at once: a run that is killed leaves the old one or the new one. */
  public void write() throws IOException {
    WholeFiles.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
  }

  private static String text(List<Problem> problems) {
    StringBuilder all = new StringBuilder();
    for (Problem p : problems) {
      all.append(JSON.createArrayNode().add(p.id()).add(p.question()).add(p.gold()).add(p.data()))
          .append('\n');
    }
    return all.toString();
  }
}
