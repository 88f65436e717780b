package org.r1zero.grpo.checkpoint;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.WeightNames;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.model.weights.ModelExport;
import org.r1zero.grpo.model.weights.TensorType;
import org.r1zero.grpo.torch.ArrayBlocks;

/**
 * An embedding above 2 GiB, as models of 7B have: more than DJL hands out at once. Takes 10 GB of
 * memory and 5 GB of disk.
 */
class LargeArrayTest {
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final int VOCABULARY = 656_000;
  private static final int WIDTH = 1024;

  @Test
  @Tag("long")
  void checkpointAndExportHoldIt(@TempDir Path folder) throws Exception {
    Path source = Files.createDirectory(folder.resolve("source"));
    Files.writeString(
        source.resolve("config.json"),
        """
        {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 1024,
         "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2,
         "num_key_value_heads": 1, "head_dim": 64, "vocab_size": 656000, "rms_norm_eps": 1e-5,
         "max_position_embeddings": 64, "rope_theta": 10000, "hidden_act": "silu",
         "tie_word_embeddings": true}
        """);
    DecoderConfig config = ModelDirectory.readConfig(source);
    Map<String, long[]> shapes = WeightNames.shapes(config);
    PolicyModel.WeightSource numbers =
        name -> {
          long[] shape = requireNonNull(shapes.get(name));
          FloatBuffer all =
              FloatBuffer.allocate((int) (shape[0] * (shape.length > 1 ? shape[1] : 1)));
          for (int i = 0; i < all.capacity(); i++) {
            all.put(i, expected(i));
          }
          return all;
        };
    Path exported = folder.resolve("exported");
    CheckpointStore store = new CheckpointStore(folder.resolve("checkpoints"), 1);
    try (PolicyModel model = new PolicyModel(config, numbers, ComputeType.FLOAT32, Device.cpu())) {
      Map<String, NDArray> weights = TrainingState.weights("policy/", model);
      NDArray embedding = requireNonNull(weights.get("policy/" + EMBEDDING));
      assertThat(4 * embedding.size()).isGreaterThan(5L << 29); // 2.5 GiB
      assertThat(ArrayBlocks.firstNotFinite(embedding)).isEmpty();
      store.save(new TrainingState(1, weights, JsonNodeFactory.instance.objectNode()), Set.of());
      embedding.subi(embedding);
      store.open(1).restore(weights);
      assertHolds(embedding);
      new ModelExport(TensorType.BF16, Long.MAX_VALUE).write(model, source, exported);
    }
    FloatBuffer written = ModelDirectory.open(exported).read(EMBEDDING);
    assertThat(written.remaining()).isEqualTo(VOCABULARY * WIDTH);
    for (int i = 0; i < written.capacity(); i++) {
      if (written.get(i) != expected(i)) {
        assertThat(written.get(i)).as("number %d", i).isEqualTo(expected(i));
      }
    }
  }

  private static void assertHolds(NDArray embedding) {
    int[] at = {0};
    ArrayBlocks.read(
        embedding,
        block -> {
          while (block.hasRemaining()) {
            float found = block.get();
            if (found != expected(at[0])) {
              assertThat(found).as("number %d", at[0]).isEqualTo(expected(at[0]));
            }
            at[0]++;
          }
        });
    assertThat(at[0]).isEqualTo(VOCABULARY * WIDTH);
  }

  /** A pattern that no block size divides, exact in bf16. */
  private static float expected(int i) {
    return i % 251 - 125;
  }
}
