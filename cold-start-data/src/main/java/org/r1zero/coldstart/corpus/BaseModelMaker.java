package org.r1zero.coldstart.corpus;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.r1zero.grpo.CrossEntropy;
import org.r1zero.grpo.StepBoundary;
import org.r1zero.grpo.Surroundings;
import org.r1zero.grpo.UpdateLoop;
import org.r1zero.grpo.data.BatchPacker;
import org.r1zero.grpo.data.Minibatch;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.files.Folders;
import org.r1zero.grpo.health.HealthMonitor;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.RopeScaling;
import org.r1zero.grpo.model.WeightNames;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.grpo.model.weights.ModelExport;
import org.r1zero.grpo.model.weights.TensorType;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.LearningRateSchedule;
import org.r1zero.grpo.optim.OptimizerConfig;

/**
 * Makes the embedded base model from nothing but a seed: a tokenizer and a small Llama decoder,
 * pre-trained by next-token loss on {@link SyntheticCorpus}.
 */
public final class BaseModelMaker {
  private static final int VOCABULARY = 512;
  private static final int TOKENIZER_DOCUMENTS = 4000;
  private static final int CONTEXT = 256;
  private static final int BATCH = 128;
  private static final int MICRO_BATCH_TOKENS = 2048;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Size size;
  private final long seed;
  private final int steps;

  /** How large the network is; corpus and tokenizer are the same for all sizes of a seed. */
  public enum Size {
    /** 2.9 million parameters: the embedded base. */
    STANDARD(256, 640, 8, 4),
    /** 0.85 million parameters: the embedded student of distillation. */
    SMALL(128, 384, 4, 2);

    private final int hidden;
    private final int intermediate;
    private final int heads;
    private final int keyValueHeads;

    Size(int hidden, int intermediate, int heads, int keyValueHeads) {
      this.hidden = hidden;
      this.intermediate = intermediate;
      this.heads = heads;
      this.keyValueHeads = keyValueHeads;
    }
  }

  /**
   * Sets what the model depends on.
   *
   * @param size of the network
   * @param seed decides corpus, tokenizer and first weights
   * @param steps optimizer updates of 128 documents each
   */
  public BaseModelMaker(Size size, long seed, int steps) {
    this.size = size;
    this.seed = seed;
    this.steps = steps;
  }

  /**
   * Makes the model.
   *
   * @param target a folder that does not exist; its parent does
   * @param health looks at each update
   * @param boundary is notified of each step; may end training early
   * @throws IllegalArgumentException if the target exists
   */
  public void make(Path target, HealthMonitor health, StepBoundary boundary) throws IOException {
    if (Files.exists(target)) {
      throw new IllegalArgumentException(
          target + " exists already; name a folder that does not exist");
    }
    Path draft = Files.createTempDirectory(target.toAbsolutePath().getParent(), "base-model");
    SyntheticCorpus sample = new SyntheticCorpus(CorpusMix.defaults(), seed + 1);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < TOKENIZER_DOCUMENTS; i++) {
      texts.add(sample.get().text());
    }
    int vocabulary = TokenizerFiles.write(draft, texts, VOCABULARY);
    DecoderConfig config = config(vocabulary);
    writeConfig(config, draft.resolve("config.json"));
    OptimizerConfig optimizerConfig =
        new OptimizerConfig(
            3e-3, LearningRateSchedule.COSINE, Math.min(100, steps / 10), 0.05, 0.9, 0.95, 1e-8, 1);
    try (Tokenizer tokenizer = Tokenizer.open(draft);
        PolicyModel model =
            new PolicyModel(config, firstWeights(config), ComputeType.BFLOAT16, Device.cpu());
        AdamW optimizer = new AdamW(optimizerConfig, model.parameters())) {
      train(new Surroundings(model, optimizer, health, boundary), examples(tokenizer));
      new ModelExport(TensorType.BF16, Long.MAX_VALUE).write(model, draft, target);
    } finally {
      Folders.delete(draft);
    }
  }

  private void train(Surroundings around, Supplier<Sample> examples) {
    UpdateLoop loop = new UpdateLoop(around, new CrossEntropy(), steps, steps);
    BatchPacker packer = new BatchPacker(1, MICRO_BATCH_TOKENS);
    loop.run(
        metrics -> {
          List<List<Sample>> batch = new ArrayList<>();
          for (int i = 0; i < BATCH; i++) {
            batch.add(List.of(examples.get()));
          }
          List<Minibatch> update = packer.pack(batch, seed);
          loop.update(update.get(0), update, metrics);
          metrics.addTokens(batch.stream().mapToLong(s -> s.get(0).length()).sum());
        },
        loop::state);
  }

  private Supplier<Sample> examples(Tokenizer tokenizer) {
    SyntheticCorpus corpus = new SyntheticCorpus(CorpusMix.defaults(), seed);
    int end = tokenizer.endOfTurn();
    return () -> {
      Document document = corpus.get();
      int[] tokens = tokenizer.encode(document.text());
      int length = Math.min(tokens.length, CONTEXT - 1);
      boolean ended = document.ended() && length == tokens.length;
      int[] completion = Arrays.copyOfRange(tokens, 1, length + (ended ? 1 : 0));
      if (ended) {
        completion[completion.length - 1] = end;
      }
      return Sample.toLearn(new int[] {tokens[0]}, completion);
    };
  }

  private DecoderConfig config(int vocabulary) {
    return new DecoderConfig(
        DecoderConfig.Family.LLAMA,
        vocabulary,
        size.hidden,
        size.intermediate,
        4,
        size.heads,
        size.keyValueHeads,
        32,
        1e-5,
        10_000,
        new RopeScaling.None(),
        CONTEXT,
        true,
        false,
        false,
        false,
        false);
  }

  private static void writeConfig(DecoderConfig c, Path file) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.putArray("architectures").add("LlamaForCausalLM");
    json.put("model_type", "llama");
    json.put("vocab_size", c.vocabSize());
    json.put("hidden_size", c.hiddenSize());
    json.put("intermediate_size", c.intermediateSize());
    json.put("num_hidden_layers", c.layers());
    json.put("num_attention_heads", c.heads());
    json.put("num_key_value_heads", c.keyValueHeads());
    json.put("head_dim", c.headDim());
    json.put("rms_norm_eps", c.rmsNormEps());
    json.put("rope_theta", c.ropeTheta());
    json.put("max_position_embeddings", c.maxPositionEmbeddings());
    json.put("tie_word_embeddings", c.tieWordEmbeddings());
    json.put("hidden_act", "silu");
    json.put("attention_bias", false).put("mlp_bias", false);
    json.putNull("bos_token_id").put("eos_token_id", 0).put("pad_token_id", 0);
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
  }

  /** Normal with 0.02, smaller for what is added to the residual stream (GPT-2's rule). */
  private PolicyModel.WeightSource firstWeights(DecoderConfig config) {
    Random random = new Random(seed);
    return name -> {
      long[] shape = WeightNames.shapes(config).get(name);
      int size = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      float[] values = new float[size];
      boolean residual = name.contains("o_proj") || name.contains("down_proj");
      double scale = residual ? 0.02 / Math.sqrt(2.0 * config.layers()) : 0.02;
      for (int i = 0; i < size; i++) {
        values[i] = name.endsWith("norm.weight") ? 1 : (float) (random.nextGaussian() * scale);
      }
      return FloatBuffer.wrap(values);
    };
  }
}
