package org.r1zero.experiment.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.files.Hashes;
import org.r1zero.rollout.PolicySampler;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingStatus;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Problem;
import org.r1zero.verify.records.KeyedLines;

/**
 * Completions, kept as they are sampled: a killed evaluation or curation goes on where it was, and
 * one with more problems or samples makes only those.
 *
 * <p>A file for each model (by the hash of its files), number type and way of sampling; a line for
 * each completion, found again by the problem's place, its prompt's hash and the sample's number:
 * what decides a completion. Of a conversation the whole is kept, when it is over; an environment
 * sees the whole problem, gold and data too, so that its hash stands in for the prompt's.
 */
public final class CompletionStore {
  private final @Nullable Path folder;
  private final String model;

  /**
   * Keeps files in a folder.
   *
   * @param folder made when something is written
   * @param model the hash of all that the model's answers depend on
   */
  public static CompletionStore in(Path folder, String model) {
    return new CompletionStore(folder, model);
  }

  private CompletionStore(@Nullable Path folder, String model) {
    this.folder = folder;
    this.model = model;
  }

  /** Keeps nothing, as where the weights are not those of a file. */
  public static CompletionStore none() {
    return new CompletionStore(null, "");
  }

  /** Is told what is sampled, by one thread at a time. */
  @FunctionalInterface
  public interface Listener {
    /** How far the sampling is; what was kept counts as finished. */
    void status(SamplingStatus status);

    /** A completion was sampled, and is kept. */
    default void sampled(Completion completion) {}
  }

  /**
   * Completions of each problem: those that were kept, and the rest sampled.
   *
   * @param count completions per problem
   * @param seed with the problem's place and the sample's number it decides every draw
   * @return a list per problem, in their order
   */
  public List<List<Completion>> sample(
      PolicySampler sampler,
      List<Problem> problems,
      int count,
      SamplingConfig how,
      long seed,
      Listener listener) {
    List<String> prompts =
        problems.stream()
            .map(p -> sampler.prompt(p) + (sampler.isConversing() ? "\0" + p : ""))
            .map(text -> Hashes.sha256(text).substring(0, 16))
            .toList();
    KeyedLines kept = open(how, seed);
    Completion[][] found = new Completion[problems.size()][count];
    List<PolicySampler.Request> missing = new ArrayList<>();
    int known = 0;
    for (int p = 0; p < problems.size(); p++) {
      Completion[] completions = found[p];
      for (int s = 0; s < count; s++) {
        completions[s] =
            kept.find(key(p, s, prompts.get(p))).map(CompletionStore::read).orElse(null);
      }
      int[] absent = IntStream.range(0, count).filter(s -> completions[s] == null).toArray();
      known += count - absent.length;
      if (absent.length > 0) {
        missing.add(new PolicySampler.Request(p, problems.get(p), absent));
      }
    }
    if (!missing.isEmpty()) {
      int before = known;
      sampler.sample(
          missing,
          how,
          seed,
          new PolicySampler.CompletionListener() {
            @Override
            public void completed(int p, int sample, Generation generation, Completion completion) {
              found[p][sample] = completion;
              try {
                kept.keep(key(p, sample, prompts.get(p)), written(completion));
              } catch (IOException e) {
                throw new UncheckedIOException("completions can't be kept: " + e.getMessage(), e);
              }
              listener.sampled(completion);
            }

            @Override
            public void status(SamplingStatus status) {
              listener.status(status.after(before));
            }
          });
    }
    return IntStream.range(0, problems.size()).mapToObj(p -> List.of(found[p])).toList();
  }

  /** Opens the file for one way of sampling. */
  KeyedLines open(SamplingConfig how, long seed) {
    if (folder == null) {
      return KeyedLines.inMemory(0);
    }
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
      return KeyedLines.open(file);
    } catch (IOException e) {
      throw new UncheckedIOException("the store of completions " + file + " can't be used", e);
    }
  }

  static String key(int problem, int sample, String prompt) {
    return problem + "/" + sample + "/" + prompt;
  }

  static ObjectNode written(Completion completion) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("tokens", completion.tokenCount());
    node.put("finish", completion.finishReason().name());
    node.put("text", completion.text());
    Completion.Transcript said = completion.transcript();
    if (said != null) {
      node.putObject("transcript")
          .put("text", said.text())
          .put("turns", said.turns())
          .put("reward", said.reward());
    }
    return node;
  }

  static Completion read(JsonNode node) {
    JsonNode said = node.path("transcript");
    return new Completion(
        node.path("text").asText(),
        node.path("tokens").asInt(),
        FinishReason.valueOf(node.path("finish").asText()),
        said.isObject()
            ? new Completion.Transcript(
                said.path("text").asText(),
                said.path("turns").asInt(),
                said.path("reward").asDouble())
            : null);
  }
}
