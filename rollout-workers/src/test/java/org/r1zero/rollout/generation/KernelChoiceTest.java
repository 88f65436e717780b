package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.Quantization;
import org.r1zero.grpo.model.TokenBatch;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/** What decodes where, and that one line of the log says why: each in a JVM of its own. */
@Tag("slow")
class KernelChoiceTest {
  private static final String NOT_NATIVE =
      "sampling by TorchScript and not by the native kernels: ";

  @TempDir Path folder;

  /** Samples twice, and prints how far the log-probs are from those that fp32 computes. */
  static final class Sampling {
    private Sampling() {}

    /** Takes the model's folder and what weights are kept in. */
    public static void main(String[] args) {
      ModelDirectory model = ModelDirectory.open(Path.of(args[0]));
      int[] prompt = {5, 7, 11, 13};
      SamplingConfig config =
          new SamplingConfig(1, 0, 1, 0, 20, List.of(), 2)
              .withQuantization(Quantization.valueOf(args[1]));
      try (PolicyModel narrow =
              new PolicyModel(model.config(), model, ComputeType.BFLOAT16, Device.cpu());
          PolicyModel exact =
              new PolicyModel(model.config(), model, ComputeType.FLOAT32, Device.cpu());
          Generator generator = new Generator(narrow);
          Generator second = new Generator(narrow);
          Scope scope = Torch.openScope(Device.cpu())) {
        double worst = 0;
        for (Generator each : List.of(generator, second)) {
          List<Generation> sampled =
              each.generate(
                      List.of(new GenerationRequest(prompt, new long[] {1, 2, 3})),
                      config,
                      (tokens, length) -> false)
                  .get(0);
          for (Generation generation : sampled) {
            TokenBatch batch =
                TokenBatch.pairs(new int[][] {prompt}, new int[][] {generation.tokens()});
            float[] expected = exact.logProbs(batch, 1, scope).values();
            for (int t = 0; t < expected.length; t++) {
              worst = Math.max(worst, Math.abs(expected[t] - generation.policyLogProbs()[t]));
            }
          }
        }
        System.out.println(generator.kernels().description() + ", worst " + worst);
      } catch (IllegalArgumentException e) {
        System.out.println("refused: " + e.getMessage());
      }
    }
  }

  @Test
  void nativeKernelsDecode() throws Exception {
    assertThat(sample(classPath(), Map.of(), "NONE"))
        .contains("native kernels (")
        .doesNotContain(NOT_NATIVE);
  }

  @Test
  void switchedOff() throws Exception {
    assertThat(sample(classPath(), Map.of(), "NONE", "-Dr1zero.kernels=off"))
        .containsOnlyOnce(NOT_NATIVE + "-Dr1zero.kernels=off")
        .containsPattern("TorchScript, worst 0\\.[01]");
  }

  /** bf16 where oneDNN has no kernels for it either. */
  @Test
  void switchedOffWithoutPackedProducts() throws Exception {
    Map<String, String> avx2 = Map.of("ONEDNN_MAX_CPU_ISA", "AVX2");
    assertThat(sample(classPath(), avx2, "NONE", "-Dr1zero.kernels=off"))
        .containsOnlyOnce("this processor has no packed products in bfloat16")
        .containsPattern("TorchScript, worst 0\\.[01]");
    assertThat(sample(classPath(), avx2, "NONE")).doesNotContain("packed products");
  }

  @Test
  void int8() throws Exception {
    assertThat(sample(classPath(), Map.of(), "INT8"))
        .containsPattern("native kernels \\(\\w+, int8\\), worst 0\\.[0-4]");
    assertThat(sample(classPath(), Map.of(), "INT8", "-Dr1zero.kernels=off"))
        .containsPattern("TorchScript, worst 0\\.[0-4]");
  }

  @Test
  void aSetThatTheProcessorHas() throws Exception {
    assertThat(sample(classPath(), Map.of("R1ZERO_KERNELS", "generic"), "NONE"))
        .containsPattern("native kernels \\(generic\\), worst 0\\.[01]");
  }

  @Test
  void aSetThatItDoesNotHave() throws Exception {
    assertThat(sample(classPath(), Map.of("R1ZERO_KERNELS", "avx9"), "NONE"))
        .containsPattern(
            "refused: R1ZERO_KERNELS is avx9, but this processor has .*generic; name one of these,"
                + " or unset it");
  }

  @Test
  void aBrokenLibrary() throws Exception {
    Path broken = folder.resolve("broken/native/libr1zero_kernels.so");
    Files.createDirectories(broken.getParent());
    Files.writeString(broken, "\177ELF, but nothing follows");
    String path = folder.resolve("broken") + File.pathSeparator + classPath();
    assertThat(sample(path, Map.of(), "NONE"))
        .containsOnlyOnce(NOT_NATIVE + "they can't be loaded (")
        .containsPattern("TorchScript, worst 0\\.[01]");
  }

  @Test
  void noLibrary() throws Exception {
    Path without = Files.createDirectory(folder.resolve("without"));
    List<String> path = new ArrayList<>();
    for (String entry : classPath().split(File.pathSeparator, -1)) {
      path.add(hasLibrary(Path.of(entry)) ? copied(Path.of(entry), without) : entry);
    }
    assertThat(path).contains(without.toString());
    assertThat(sample(String.join(File.pathSeparator, path), Map.of(), "NONE"))
        .containsOnlyOnce(NOT_NATIVE + "they were not built (")
        .containsPattern("TorchScript, worst 0\\.[01]");
  }

  private static boolean hasLibrary(Path entry) throws IOException {
    String library = "native/libr1zero_kernels.so";
    if (!Files.isRegularFile(entry)) {
      return Files.exists(entry.resolve(library));
    }
    try (JarFile jar = new JarFile(entry.toFile())) {
      return jar.getEntry(library) != null;
    }
  }

  /** Copies a folder of classes or what is in a jar, without the library. */
  private static String copied(Path from, Path to) throws IOException {
    if (Files.isDirectory(from)) {
      copyTree(from, to);
    } else {
      try (FileSystem jar = FileSystems.newFileSystem(from, (ClassLoader) null)) {
        copyTree(jar.getPath("/"), to);
      }
    }
    return to.toString();
  }

  private static void copyTree(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(from)) {
      files = all.filter(file -> !file.startsWith(from.resolve("native"))).toList();
    }
    for (Path file : files) {
      Path target = to.resolve(from.relativize(file).toString());
      if (Files.isDirectory(file)) {
        Files.createDirectories(target);
      } else {
        Files.copy(file, target);
      }
    }
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }

  private String sample(
      String classPath, Map<String, String> environment, String quantization, String... options)
      throws Exception {
    Path model = folder.resolve("model");
    if (!Files.exists(model)) {
      Golden.unpack("model/llama-gqa-tied", Files.createDirectory(model));
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(options));
    command.addAll(List.of("-cp", classPath, Sampling.class.getName()));
    command.addAll(List.of(model.toString(), quantization));
    ProcessBuilder java = new ProcessBuilder(command).redirectErrorStream(true);
    java.environment().remove("R1ZERO_KERNELS");
    java.environment().putAll(environment);
    Process process = java.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said.lines().filter(line -> !line.contains("ai.djl")).collect(Collectors.joining("\n"));
  }
}
