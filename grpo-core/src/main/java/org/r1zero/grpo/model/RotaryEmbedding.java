package org.r1zero.grpo.model;

import ai.djl.ndarray.types.Shape;

/**
 * Cosines and sines of the rotary angles of every position that a model may see.
 *
 * @param cos {@code [maxPositionEmbeddings, E/2]}, row by row
 * @param sin the same
 * @param shape of both
 */
record RotaryEmbedding(float[] cos, float[] sin, Shape shape) {

  /**
   * Tabulates the angles as transformers computes them: position times inverse frequency in fp32,
   * then cosine and sine times the scaling's attention factor.
   */
  static RotaryEmbedding of(DecoderConfig config) {
    RotaryFrequencies frequencies = RotaryFrequencies.of(config);
    float[] inverse = frequencies.inverse();
    int half = inverse.length;
    int positions = config.maxPositionEmbeddings();
    float[] cos = new float[positions * half];
    float[] sin = new float[positions * half];
    for (int t = 0; t < positions; t++) {
      for (int i = 0; i < half; i++) {
        float angle = t * inverse[i];
        cos[t * half + i] = (float) (Math.cos(angle) * frequencies.attentionScaling());
        sin[t * half + i] = (float) (Math.sin(angle) * frequencies.attentionScaling());
      }
    }
    return new RotaryEmbedding(cos, sin, new Shape(positions, half));
  }
}
