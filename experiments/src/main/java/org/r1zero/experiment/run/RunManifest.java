package org.r1zero.experiment.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.coldstart.dataset.Program;
import org.r1zero.grpo.checkpoint.CheckpointException;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.verify.Problem;

/** How a run came to be: enough to make it again, or to tell why another differs. */
final class RunManifest {
  private static final String FILE = "manifest.json";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_FINDINGS = 100;
  private final Path file;
  private final ObjectNode root;

  private RunManifest(Path file, ObjectNode root) {
    this.file = file;
    this.root = root;
  }

  /** Of a run that starts. */
  static RunManifest start(RunDirectory directory) {
    RunManifest manifest = new RunManifest(directory.path().resolve(FILE), JSON.createObjectNode());
    manifest.root.put("status", "running");
    manifest.root.put("started", Instant.now().toString());
    circumstances(manifest.root);
    return manifest;
  }

  /** Of a run that goes on; {@code null} where it was stopped before it had one. */
  static @Nullable RunManifest read(RunDirectory directory) {
    Path file = directory.path().resolve(FILE);
    if (!Files.exists(file)) {
      return null;
    }
    try {
      return new RunManifest(file, (ObjectNode) JSON.readTree(file.toFile()));
    } catch (IOException | ClassCastException e) {
      throw new CheckpointException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * Notes that the run goes on.
   *
   * @param changes what was changed in the recipe
   */
  void resumed(List<String> changes) {
    root.put("status", "running");
    root.remove("ended");
    ObjectNode entry = root.withArray("/resumed").addObject();
    entry.put("time", Instant.now().toString());
    changes.forEach(entry.putArray("recipe_changes")::add);
    circumstances(entry);
  }

  /** Threads that computed with when the run started. */
  int threads() {
    return root.path("torch_threads").asInt();
  }

  private static void circumstances(ObjectNode root) {
    root.put("git_commit", Program.commit());
    ObjectNode versions = root.putObject("versions");
    versions.put("java", System.getProperty("java.runtime.version"));
    versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    versions.put("arch", System.getProperty("os.arch"));
    versions.put("djl", ai.djl.engine.Engine.getDjlVersion());
    versions.put("pytorch", ai.djl.engine.Engine.getEngine("PyTorch").getVersion());
    root.put("processors", Runtime.getRuntime().availableProcessors());
    root.put("torch_threads", Torch.threads());
  }

  void recipe(String yaml, long seed) {
    root.put("seed", seed);
    root.put("recipe_sha256", sha256(yaml));
  }

  void model(Path folder, List<Path> files) throws IOException {
    root.set("model", describe(folder, files));
  }

  private static ObjectNode describe(Path folder, List<Path> files) throws IOException {
    ObjectNode model = JSON.createObjectNode();
    model.put("path", folder.toString());
    ObjectNode hashes = model.putObject("sha256");
    for (Path path : files) {
      hashes.put(folder.relativize(path).toString(), sha256(path));
    }
    return model;
  }

  /** What is not as it was when the run started: the base's weights, the problems. */
  List<String> differences(ModelDirectory model, Dataset dataset) throws IOException {
    List<String> differences = new ArrayList<>();
    JsonNode weights = describe(model.path(), model.weightFiles()).path("sha256");
    if (!root.at("/model/sha256").equals(weights)) {
      differences.add("weights of " + model.path() + ": other files than at the start, by SHA-256");
    }
    ObjectNode data = describe(dataset);
    for (String part : new String[] {"train_sha256", "held_out_sha256"}) {
      if (!root.path("data").path(part).equals(data.path(part))) {
        differences.add("problems of " + dataset.name() + ": another " + part);
      }
    }
    return differences;
  }

  void data(Dataset dataset) {
    root.set("data", describe(dataset));
  }

  private static ObjectNode describe(Dataset dataset) {
    ObjectNode data = JSON.createObjectNode();
    data.put("name", dataset.name());
    data.put("train_problems", dataset.train().size());
    data.put("train_sha256", sha256(text(dataset.train())));
    data.put("held_out_problems", dataset.heldOut().size());
    data.put("held_out_sha256", sha256(text(dataset.heldOut())));
    return data;
  }

  /** Adds a result, such as an accuracy. */
  void result(String name, Object value) {
    root.withObject("/result").set(name, JSON.valueToTree(value));
  }

  /** Notes what the health checks found; the first hundred findings, the rest are in the log. */
  void finding(String finding) {
    if (root.withArray("/health").size() < MAX_FINDINGS) {
      root.withArray("/health").add(finding);
    }
  }

  void finish(String status) throws IOException {
    root.put("status", status);
    root.put("ended", Instant.now().toString());
    write();
  }

  /** Replaces the file at once: a run that is killed leaves the old one or the new one. */
  void write() throws IOException {
    WholeFiles.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
  }

  private static String text(List<Problem> problems) {
    StringBuilder all = new StringBuilder();
    problems.forEach(p -> all.append(p.id()).append('\t').append(p.question()).append('\n'));
    return all.toString();
  }

  private static String sha256(String text) {
    return HexFormat.of().formatHex(digest().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String sha256(Path path) throws IOException {
    MessageDigest digest = digest();
    try (InputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
