package org.r1zero.experiment.bench;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.r1zero.experiment.bench.GpuCheck.Comparison;
import org.r1zero.experiment.bench.GpuCheck.Numbers;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.rollout.generation.Generation;

/** Faults that are planted in what a device computed: each is found and named, no other is. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GpuCheckTest {
  private static final int NORM = 256;
  private Numbers sound;

  @BeforeAll
  void compute() {
    sound = compute(ComputeType.FLOAT32, DecoderShapes.random(GpuCheck.SHAPE));
  }

  @Test
  void aDeviceThatComputesTheSamePasses() {
    assertThat(failed(sound)).isEmpty();
  }

  @Test
  void wrongLoss() {
    assertThat(failed(changed(sound.loss() + 0.001, sound.logProbs(), sound.gradient())))
        .containsExactly("loss in fp32");
    assertThat(failed(changed(Double.NaN, sound.logProbs(), sound.gradient())))
        .containsExactly("loss in fp32");
  }

  @Test
  void wrongLogProbOfOneToken() {
    float[] logProbs = sound.logProbs().clone();
    logProbs[17] += 0.01f;
    assertThat(failed(changed(sound.loss(), logProbs, sound.gradient())))
        .containsExactly("log-probs in fp32");
    logProbs[17] = Float.NaN;
    assertThat(failed(changed(sound.loss(), logProbs, sound.gradient())))
        .containsExactly("log-probs in fp32");
  }

  @Test
  void wrongGradient() {
    float[] lost = sound.gradient().clone();
    for (int i = lost.length - NORM; i < lost.length; i++) {
      lost[i] = 0; // of the last norm
    }
    assertThat(failed(changed(sound.loss(), sound.logProbs(), lost)))
        .containsExactly("gradients in fp32");
    assertThat(failed(changed(sound.loss(), sound.logProbs(), scaled(sound.gradient(), 1.01f))))
        .containsExactly("gradients in fp32");
  }

  @Test
  void wrongEntropyUpdateAndSampler() {
    float[] entropies = sound.entropies().clone();
    entropies[0] -= 0.01f;
    float[] weights = sound.weights().clone();
    for (int i = 0; i < weights.length / 100; i++) {
      weights[i] += 1e-3f; // as large as an update
    }
    Numbers wrong =
        new Numbers(
            sound.loss(),
            sound.logProbs(),
            entropies,
            sound.gradient(),
            weights,
            sound.samples(),
            0.01);
    assertThat(failed(wrong))
        .containsExactly(
            "entropies in fp32",
            "sampler against trainer in fp32",
            "weights after an update in fp32");
  }

  @Test
  void wrongSamples() {
    List<Generation> samples = new ArrayList<>(sound.samples());
    for (int i = 0; i < samples.size() / 8; i++) {
      Generation one = samples.get(i);
      int[] tokens = one.tokens().clone();
      tokens[0] ^= 1;
      samples.set(
          i,
          new Generation(tokens, one.samplingLogProbs(), one.policyLogProbs(), one.finishReason()));
    }
    Numbers wrong =
        new Numbers(
            sound.loss(),
            sound.logProbs(),
            sound.entropies(),
            sound.gradient(),
            sound.weights(),
            samples,
            sound.samplingGap());
    assertThat(failed(wrong)).containsExactly("tokens sampled differently in fp32");
  }

  /** As of a kernel that is wrong in one place of one layer. */
  @Test
  void oneWrongProductChangesWhatDependsOnIt() {
    PolicyModel.WeightSource source = DecoderShapes.random(GpuCheck.SHAPE);
    Numbers wrong =
        compute(
            ComputeType.FLOAT32,
            name -> {
              FloatBuffer values = source.read(name);
              return name.equals("model.layers.2.self_attn.o_proj.weight")
                  ? FloatBuffer.wrap(scaled(numbers(values), 1.05f))
                  : values;
            });
    assertThat(failed(wrong)).contains("log-probs in fp32", "gradients in fp32");
  }

  @Test
  void inBf16RoundingIsAllowedAndAWrongGradientIsSeen() {
    PolicyModel.WeightSource source = DecoderShapes.random(GpuCheck.SHAPE);
    Numbers cpu = compute(ComputeType.BFLOAT16, source);
    assertThat(names(GpuCheck.compare(ComputeType.BFLOAT16, cpu, cpu))).isEmpty();
    Numbers wrong =
        new Numbers(
            cpu.loss() + 0.1,
            cpu.logProbs(),
            cpu.entropies(),
            scaled(cpu.gradient(), 0.5f),
            cpu.weights(),
            cpu.samples(),
            cpu.samplingGap());
    assertThat(names(GpuCheck.compare(ComputeType.BFLOAT16, wrong, cpu)))
        .containsExactly("loss in bf16", "gradients in bf16");
  }

  private static float[] numbers(FloatBuffer values) {
    float[] numbers = new float[values.remaining()];
    values.get(numbers);
    return numbers;
  }

  private static float[] scaled(float[] values, float factor) {
    float[] scaled = values.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= factor;
    }
    return scaled;
  }

  private static Numbers compute(ComputeType type, PolicyModel.WeightSource source) {
    return GpuCheck.compute(Device.cpu(), type, source);
  }

  private Numbers changed(double loss, float[] logProbs, float[] gradient) {
    return new Numbers(
        loss,
        logProbs,
        sound.entropies(),
        gradient,
        sound.weights(),
        sound.samples(),
        sound.samplingGap());
  }

  private List<String> failed(Numbers here) {
    return names(GpuCheck.compare(ComputeType.FLOAT32, here, sound));
  }

  private static List<String> names(List<Comparison> comparisons) {
    return comparisons.stream()
        .filter(c -> !c.passes())
        .map(c -> c.what().replaceFirst(",.*", ""))
        .toList();
  }
}
