package org.r1zero.rollout.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.rollout.TinyPolicy;
import org.r1zero.rollout.TinyTokenizer;

/** What a worker process opens: a configuration and a tokenizer, with no weights. */
public final class TinyModelFolder {
  /** Token {@code 1 + i} is character {@code i}; token 0 ends a sequence. */
  public static final String CHARACTERS = "abcdefghijklmnop";

  private static final String CONFIG =
      """
      {"architectures": ["LlamaForCausalLM"], "vocab_size": %d, "hidden_size": %d,
       "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
       "num_key_value_heads": 2, "max_position_embeddings": %d, "rms_norm_eps": 1e-5,
       "rope_theta": 10000.0, "tie_word_embeddings": true}
      """;

  private TinyModelFolder() {}

  /** Writes the files and opens the tokenizer. */
  public static Tokenizer write(Path folder, int context) throws IOException {
    return write(folder, context, 32);
  }

  /** The same of another width, a multiple of 8. */
  static Tokenizer write(Path folder, int context, int width) throws IOException {
    Files.writeString(
        folder.resolve("config.json"), CONFIG.formatted(CHARACTERS.length() + 1, width, context));
    return TinyTokenizer.ofCharacters(folder, CHARACTERS);
  }

  /** A policy of that shape with random weights. */
  public static PolicyModel policy(Path folder, long seed, ComputeType type) {
    return TinyPolicy.make(ModelDirectory.readConfig(folder), seed, type);
  }
}
