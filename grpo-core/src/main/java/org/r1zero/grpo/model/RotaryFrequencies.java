package org.r1zero.grpo.model;

/**
 * The inverse frequencies of a model's rotary embedding, scaled as its configuration says.
 *
 * <p>The rules are those of transformers 4.57's {@code modeling_rope_utils}.
 *
 * @param inverse {@code [E/2]}: the angle of position 1 in radians
 * @param attentionScaling what cosine and sine are multiplied by
 */
public record RotaryFrequencies(float[] inverse, double attentionScaling) {

  /** Computes them for a model. */
  public static RotaryFrequencies of(DecoderConfig config) {
    RopeScaling scaling = config.ropeScaling();
    float[] inverse = unscaled(config);
    if (scaling instanceof RopeScaling.Linear linear) {
      for (int i = 0; i < inverse.length; i++) {
        inverse[i] /= (float) linear.factor();
      }
    } else if (scaling instanceof RopeScaling.Llama3 llama3) {
      applyLlama3(inverse, llama3);
    } else if (scaling instanceof RopeScaling.Yarn yarn) {
      applyYarn(inverse, yarn, config);
      return new RotaryFrequencies(inverse, yarn.attentionFactor());
    }
    return new RotaryFrequencies(inverse, 1.0);
  }

  private static float[] unscaled(DecoderConfig config) {
    float[] inverse = new float[config.headDim() / 2];
    for (int i = 0; i < inverse.length; i++) {
      float exponent = (float) (2 * i) / config.headDim();
      inverse[i] = 1f / (float) Math.pow(config.ropeTheta(), exponent);
    }
    return inverse;
  }

  private static void applyLlama3(float[] inverse, RopeScaling.Llama3 s) {
    double original = s.originalMaxPositionEmbeddings();
    double lowWavelength = original / s.lowFreqFactor();
    double highWavelength = original / s.highFreqFactor();
    for (int i = 0; i < inverse.length; i++) {
      double wavelength = 2 * Math.PI / inverse[i];
      if (wavelength > lowWavelength) {
        inverse[i] /= (float) s.factor();
      } else if (wavelength >= highWavelength) {
        double smooth =
            (original / wavelength - s.lowFreqFactor()) / (s.highFreqFactor() - s.lowFreqFactor());
        inverse[i] = (float) ((1 - smooth) * inverse[i] / s.factor() + smooth * inverse[i]);
      }
    }
  }

  private static void applyYarn(float[] inverse, RopeScaling.Yarn s, DecoderConfig config) {
    int dim = config.headDim();
    double low = correctionDim(s.betaFast(), dim, config.ropeTheta(), s);
    double high = correctionDim(s.betaSlow(), dim, config.ropeTheta(), s);
    if (s.truncate()) {
      low = Math.floor(low);
      high = Math.ceil(high);
    }
    low = Math.max(low, 0);
    high = Math.min(high, dim - 1);
    double width = low == high ? 0.001 : high - low;
    for (int i = 0; i < inverse.length; i++) {
      double ramp = Math.min(1, Math.max(0, (i - low) / width));
      double kept = 1 - ramp;
      inverse[i] = (float) (inverse[i] / s.factor() * (1 - kept) + inverse[i] * kept);
    }
  }

  private static double correctionDim(double rotations, int dim, double theta, RopeScaling.Yarn s) {
    double turns = s.originalMaxPositionEmbeddings() / (rotations * 2 * Math.PI);
    return dim * Math.log(turns) / (2 * Math.log(theta));
  }
}
