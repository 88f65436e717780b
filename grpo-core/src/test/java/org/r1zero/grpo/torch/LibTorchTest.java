package org.r1zero.grpo.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders as pip, unzip and mistakes leave them. */
@Tag("slow")
class LibTorchTest {
  private static final String REMEDY = "; ./r1zero setup-gpu makes a folder that fits";

  @TempDir private Path folder;

  @Test
  void folderOfPipIsTakenFromThreePlaces() throws IOException {
    Path libraries = pip("2.7.1+cu126", "12.6", elf(), "_ZNSt7__cxx1112basic_string");
    for (Path given : new Path[] {folder, folder.resolve("torch"), libraries}) {
      LibTorch found = LibTorch.of(given.toString(), false);
      assertThat(found).isEqualTo(new LibTorch(libraries, "2.7.1", "12.6"));
      assertThat(found).hasToString("torch 2.7.1 for CUDA 12.6 in " + libraries);
    }
  }

  @Test
  void folderUnpackedFromLibtorchIsTaken() throws IOException {
    Path libraries = Files.createDirectories(folder.resolve("libtorch/lib"));
    Files.writeString(folder.resolve("libtorch/build-version"), "2.7.1+cu128\n");
    write(libraries, elf(), "__cxx11");
    assertThat(LibTorch.of(folder.resolve("libtorch").toString(), false))
        .isEqualTo(new LibTorch(libraries, "2.7.1", null));
  }

  @Test
  void missingFolder() {
    refused(folder.resolve("nothing"), "nothing does not exist");
  }

  @Test
  void fileInsteadOfAFolder() throws IOException {
    refused(Files.writeString(folder.resolve("torch.whl"), "x"), "is a file, not a folder");
  }

  @Test
  void folderWithoutTorch() {
    refused(folder, "has no torch: there is no torch/lib/libtorch_cpu.so in it");
  }

  @Test
  void anotherVersionUnlessTheUserHasABridgeForIt() throws IOException {
    pip("2.11.0+cu130", "13.0", elf(), "__cxx11");
    refused(folder, "has torch 2.11.0; the bridge to Java (DJL 0.36.0) is made for 2.7.1");
    assertThat(LibTorch.of(folder.toString(), true).version()).isEqualTo("2.11.0");
  }

  @Test
  void noVersionAtAll() throws IOException {
    Files.delete(pip("2.7.1", "12.6", elf(), "__cxx11").resolve("../version.py").normalize());
    refused(folder, "does not say which version of torch it has");
  }

  @Test
  void buildForCpus() throws IOException {
    Files.delete(pip("2.7.1+cpu", "", elf(), "__cxx11").resolve("libtorch_cuda.so"));
    refused(folder, "has a torch for CPUs: there is no libtorch_cuda.so in it");
  }

  @Test
  void oldAbi() throws IOException {
    pip("2.7.1+cu118", "11.8", elf(), "_ZNSs6appendEPKc");
    refused(folder, "has a torch of the old C++ ABI (pre-cxx11)");
  }

  @Test
  void anotherProcessor() throws IOException {
    byte[] other = elf();
    other[18] = 20; // PowerPC
    pip("2.7.1+cu126", "12.6", other, "__cxx11");
    refused(folder, "has a torch for another processor than " + System.getProperty("os.arch"));
  }

  @Test
  void brokenDownload() throws IOException {
    Path libraries = pip("2.7.1+cu126", "12.6", "<html>".getBytes(StandardCharsets.UTF_8), "");
    refused(folder, "has a libc10.so that is not a library");
    Files.delete(libraries.resolve("libc10.so"));
    refused(folder, "lacks libc10.so: it is not whole");
  }

  @Test
  void libraryThatTheLoaderRefusesIsNamedWithItsReason() {
    LibTorch chosen = new LibTorch(Path.of("/opt/t/torch/lib"), "2.7.1", "12.6");
    Throwable fault =
        new IllegalStateException(
            "Failed to load PyTorch native library",
            new UnsatisfiedLinkError(
                "libtorch_cuda.so: libcudnn.so.9: cannot open shared object file"));
    assertThat(LibTorch.notLoaded(chosen, fault))
        .hasMessage(
            "R1ZERO_TORCH: torch 2.7.1 for CUDA 12.6 in /opt/t/torch/lib can't be loaded:"
                + " libtorch_cuda.so: libcudnn.so.9: cannot open shared object file;"
                + " ./r1zero setup-gpu makes a folder that is whole (without R1ZERO_TORCH the CPU"
                + " is used)");
  }

  @ParameterizedTest
  @CsvSource({
    "12.6, 5.0, true", "12.6, 8.6, true", "12.6, 9.0, true", "12.6, 10.0, false",
    "12.6, 12.0, false", "12.6, 3.7, false", "12.8, 12.0, true", "12.8, 9.0, true",
    "12.8, 6.1, false",
  })
  void cardsThatABuildHasNoKernelsForAreTold(String cuda, String capability, boolean fits) {
    LibTorch chosen = new LibTorch(Path.of("/t"), "2.7.1", cuda);
    String misfit = LibTorch.misfit(chosen, capability);
    if (fits) {
      assertThat(misfit).isNull();
    } else {
      assertThat(misfit)
          .startsWith(
              "has compute capability " + capability + ", but torch 2.7.1 for CUDA " + cuda);
    }
  }

  private static void refused(Path given, String fault) {
    assertThatThrownBy(() -> LibTorch.of(given.toString(), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("R1ZERO_TORCH=" + given)
        .hasMessageContaining(fault)
        .hasMessageContaining(REMEDY);
  }

  private Path pip(String version, String cuda, byte[] header, String symbols) throws IOException {
    Path libraries = Files.createDirectories(folder.resolve("torch/lib"));
    Files.writeString(
        folder.resolve("torch/version.py"),
        "from typing import Optional\n\n__version__ = '"
            + version
            + "'\ndebug = False\ncuda: Optional[str] = "
            + (cuda.isEmpty() ? "None" : "'" + cuda + "'")
            + "\nhip: Optional[str] = None\n");
    return write(libraries, header, symbols);
  }

  private static Path write(Path libraries, byte[] header, String symbols) throws IOException {
    Files.writeString(libraries.resolve("libtorch_cpu.so"), "");
    Files.writeString(libraries.resolve("libtorch_cuda.so"), "");
    byte[] text = symbols.getBytes(StandardCharsets.ISO_8859_1);
    Files.write(
        libraries.resolve("libc10.so"),
        ByteBuffer.allocate(header.length + text.length).put(header).put(text).array());
    return libraries;
  }

  /** The start of a library for this processor. */
  private static byte[] elf() {
    short machine = (short) (System.getProperty("os.arch").equals("aarch64") ? 183 : 62);
    return ByteBuffer.allocate(64)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0, 0x464c457f)
        .putShort(18, machine)
        .array();
  }
}
