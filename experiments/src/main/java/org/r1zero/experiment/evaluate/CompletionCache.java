package org.r1zero.experiment.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.metrics.JsonLines;
import org.r1zero.grpo.files.Hashes;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;

/**
 * Completions that were sampled before, so that a killed evaluation goes on where it was and one
 * with more problems or samples makes only those.
 *
 * <p>A file for each model (by the hash of its files), number type and way of sampling; a line for
 * each completion, found again by the problem's place, its prompt's hash and the sample's number:
 * what decides a completion. Lines are written as completions come; a last line that a kill cut off
 * is dropped.
 */
public final class CompletionCache {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Path folder;
  private final String model;

  /**
   * Keeps files in a folder.
   *
   * @param folder made when something is written
   * @param model the hash of all that the model's answers depend on
   */
  public CompletionCache(Path folder, String model) {
    this.folder = folder;
    this.model = model;
  }

  /** Opens the file for one way of sampling and reads what it has. */
  Pass open(SamplingConfig how, long seed) {
    String key =
        String.join(
            "|",
            model,
            "" + how.temperature(),
            "" + how.topK(),
            "" + how.topP(),
            "" + how.minP(),
            "" + how.maxNewTokens(),
            "" + how.stop(),
            "" + (how.temperature() == 0 ? 0 : seed));
    Path file = folder.resolve(Hashes.sha256(key).substring(0, 32) + ".jsonl");
    try {
      Files.createDirectories(folder);
      dropPartialLine(file);
      return new Pass(file);
    } catch (IOException e) {
      throw new UncheckedIOException("the cache of completions " + file + " can't be used", e);
    }
  }

  private static void dropPartialLine(Path file) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long end = bytes.length();
      while (end > 0) {
        bytes.seek(end - 1);
        if (bytes.read() == '\n') {
          break;
        }
        end--;
      }
      bytes.setLength(end);
    }
  }

  /** The completions of one way of sampling. For one thread. */
  static final class Pass implements AutoCloseable {
    private final Map<String, Completion> known = new HashMap<>();
    private final Writer writer;

    private Pass(Path file) throws IOException {
      if (Files.exists(file)) {
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        lines.forEach(this::read);
      }
      this.writer = JsonLines.writer(file);
    }

    private void read(String line) {
      try {
        JsonNode node = JSON.readTree(line);
        known.put(
            node.path("key").asText(),
            new Completion(
                node.path("text").asText(),
                node.path("tokens").asInt(),
                FinishReason.valueOf(node.path("finish").asText())));
      } catch (JsonProcessingException | IllegalArgumentException e) {
        org.slf4j.LoggerFactory.getLogger(CompletionCache.class)
            .warn("a line of the cache of completions can't be read and is made again: {}", line);
      }
    }

    /** What was sampled before; {@code null} where nothing was. */
    @Nullable Completion find(int problem, int sample, String prompt) {
      return known.get(key(problem, sample, prompt));
    }

    /** Keeps a completion. */
    void add(int problem, int sample, String prompt, Completion completion) {
      ObjectNode node = JSON.createObjectNode();
      node.put("key", key(problem, sample, prompt));
      node.put("tokens", completion.tokenCount());
      node.put("finish", completion.finishReason().name());
      node.put("text", completion.text());
      try {
        writer.write(node + "\n");
        writer.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("the cache of completions can't be written", e);
      }
    }

    private String key(int problem, int sample, String prompt) {
      return problem + "/" + sample + "/" + Hashes.sha256(prompt).substring(0, 16);
    }

    @Override
    public void close() {
      try {
        writer.close();
      } catch (IOException e) {
        throw new UncheckedIOException("the cache of completions can't be written", e);
      }
    }
  }
}
