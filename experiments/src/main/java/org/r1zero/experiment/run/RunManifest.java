package org.r1zero.experiment.run;

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
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.verify.Problem;

/** How a run came to be: enough to make it again, or to tell why another differs. */
final class RunManifest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Path file;
  private final ObjectNode root = JSON.createObjectNode();

  RunManifest(RunDirectory directory) {
    this.file = directory.path().resolve("manifest.json");
    root.put("status", "running");
    root.put("started", Instant.now().toString());
    String commit = git("rev-parse", "HEAD");
    root.put("git_commit", commit);
    root.put("git_dirty", !commit.isEmpty() && !git("status", "--porcelain").isEmpty());
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
    ObjectNode model = root.putObject("model");
    model.put("path", folder.toString());
    ObjectNode hashes = model.putObject("sha256");
    for (Path path : files) {
      hashes.put(folder.relativize(path).toString(), sha256(path));
    }
  }

  void data(Dataset dataset) {
    ObjectNode data = root.putObject("data");
    data.put("name", dataset.name());
    data.put("train_problems", dataset.train().size());
    data.put("train_sha256", sha256(text(dataset.train())));
    data.put("held_out_problems", dataset.heldOut().size());
    data.put("held_out_sha256", sha256(text(dataset.heldOut())));
  }

  /** Adds a result, such as an accuracy. */
  void result(String name, Object value) {
    root.withObject("/result").set(name, JSON.valueToTree(value));
  }

  void finish(String status) throws IOException {
    root.put("status", status);
    root.put("ended", Instant.now().toString());
    write();
  }

  void write() throws IOException {
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
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

  /** What git prints in the folder of the command, empty where there is no git or no checkout. */
  private static String git(String... arguments) {
    try {
      List<String> command = new java.util.ArrayList<>(List.of("git"));
      command.addAll(List.of(arguments));
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? out.strip() : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
