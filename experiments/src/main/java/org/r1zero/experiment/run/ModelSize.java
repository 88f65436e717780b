package org.r1zero.experiment.run;

import java.io.IOException;
import org.r1zero.grpo.model.DecoderConfig;

/** How many parameters a model has, from its configuration alone. */
public final class ModelSize {
  private ModelSize() {}

  /**
   * Counts the parameters of a recipe's model, embeddings included, tied ones once.
   *
   * @param model as a recipe names it
   */
  public static long parameters(String model) throws IOException {
    try (ModelFolder folder = ModelFolder.open(model)) {
      return count(folder.directory().config());
    }
  }

  private static long count(DecoderConfig c) {
    long d = c.hiddenSize();
    long queries = (long) c.heads() * c.headDim();
    long keys = (long) c.keyValueHeads() * c.headDim();
    long attention = d * (queries + 2 * keys) + queries * d;
    attention += c.qkvBias() ? queries + 2 * keys : 0;
    attention += c.outputBias() ? d : 0;
    attention += c.qkNorm() ? 2L * c.headDim() : 0;
    long inner = c.intermediateSize();
    long feedForward = 3 * d * inner + (c.mlpBias() ? 2 * inner + d : 0);
    long embeddings = c.vocabSize() * d * (c.tieWordEmbeddings() ? 1 : 2);
    return embeddings + c.layers() * (attention + feedForward + 2 * d) + d;
  }
}
