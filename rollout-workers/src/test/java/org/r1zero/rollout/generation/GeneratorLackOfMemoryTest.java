package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.model.DecodingStep;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.rollout.TinyPolicy;

/** A device whose memory is full: kernels that fail as libtorch does on a GPU. */
@Tag("slow")
class GeneratorLackOfMemoryTest {
  private static final String CUDA =
      "CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 79.11 GiB";
  private static final SamplingConfig CONFIG = new SamplingConfig(1, 0, 1, 0, 12, List.of(), 16);

  @Test
  void fewerSequencesAtOnceGiveTheSameCompletionsEachHeardOnce() {
    List<GenerationRequest> requests = requests();
    StopCondition stop = new SomeLengths();
    try (PolicyModel policy = TinyPolicy.make(31, 3, ComputeType.FLOAT32);
        Generator plenty = new Generator(policy);
        Generator scarce = new Generator(policy)) {
      List<List<Generation>> expected = plenty.generate(requests, CONFIG, stop);
      // memory runs out in the middle: short completions are finished by then
      scarce.decodeWith(kernels -> failing(kernels, 3, 4));
      Set<List<Integer>> heard = new HashSet<>();
      List<List<Integer>> twice = new ArrayList<>();
      scarce.generate(
          requests,
          CONFIG,
          stop,
          new SamplingListener() {
            @Override
            public void status(SamplingStatus status) {
              // only completions matter here
            }

            @Override
            public void finished(int request, int sample, Generation generation) {
              if (!heard.add(List.of(request, sample))) {
                twice.add(List.of(request, sample));
              }
              Generation other = expected.get(request).get(sample);
              assertThat(generation.tokens()).isEqualTo(other.tokens());
              assertThat(generation.samplingLogProbs())
                  .containsExactly(other.samplingLogProbs(), within(1e-5f));
            }
          });
      assertThat(twice).isEmpty();
      assertThat(heard).hasSize(4 * 7);
    }
  }

  @Test
  void lackOfMemoryForOneSequenceIsNotTriedForEver() {
    try (PolicyModel policy = TinyPolicy.make(31, 3, ComputeType.FLOAT32);
        Generator generator = new Generator(policy)) {
      generator.decodeWith(kernels -> failing(kernels, 0, 0));
      assertThatThrownBy(() -> generator.generate(requests(), CONFIG, new SomeLengths()))
          .hasStackTraceContaining(CUDA);
    }
  }

  @Test
  void otherFaultsAreNotTriedAgain() {
    int[] calls = {0};
    try (PolicyModel policy = TinyPolicy.make(31, 3, ComputeType.FLOAT32);
        Generator generator = new Generator(policy)) {
      generator.decodeWith(
          kernels ->
              wrapped(
                  kernels,
                  step -> {
                    calls[0]++;
                    throw new IllegalStateException("CUDA error: an illegal memory access");
                  }));
      assertThatThrownBy(() -> generator.generate(requests(), CONFIG, new SomeLengths()))
          .hasStackTraceContaining("illegal memory access");
      assertThat(calls[0]).isLessThanOrEqualTo(policy.lanes());
    }
  }

  /** Kernels that have no memory for more rows than {@code most} whose own part is longer. */
  private static DecodingKernels failing(DecodingKernels kernels, int most, int longest) {
    return wrapped(
        kernels,
        step -> {
          long own = LongStream.of(step.own()).max().orElseThrow();
          if (step.own().length > most && own >= longest) {
            throw new IllegalStateException("generation.py's decode failed: " + CUDA);
          }
        });
  }

  private interface Check {
    void check(DecodingStep step);
  }

  private static DecodingKernels wrapped(DecodingKernels kernels, Check check) {
    return (DecodingKernels)
        Proxy.newProxyInstance(
            DecodingKernels.class.getClassLoader(),
            new Class<?>[] {DecodingKernels.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("decodeAndSample")) {
                check.check((DecodingStep) arguments[2]);
              }
              try {
                return method.invoke(kernels, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static List<GenerationRequest> requests() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int r = 0; r < 4; r++) {
      requests.add(
          new GenerationRequest(
              new int[] {1 + r, 2, 3}, LongStream.range(10L * r, 10L * r + 7).toArray()));
    }
    return requests;
  }

  /** Depends on the completion's number: a second attempt must ask for the right one. */
  private static final class SomeLengths implements StopCondition {
    @Override
    public boolean stops(int[] tokens, int length) {
      throw new UnsupportedOperationException("it is asked for one of them");
    }

    @Override
    public boolean stops(int request, int sample, int[] tokens, int length) {
      return length >= 1 + (5 * request + sample) % 9;
    }
  }
}
