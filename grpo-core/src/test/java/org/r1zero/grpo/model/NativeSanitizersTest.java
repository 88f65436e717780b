package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The native kernels against a plain decoder in double precision, in other company, in long
 * contexts and in many draws, under AddressSanitizer and UndefinedBehaviorSanitizer.
 */
@Tag("slow")
class NativeSanitizersTest {
  private static final int MINUTES = 20;

  @Test
  void kernelsTouchOnlyTheirOwnMemoryAndAreRight(@TempDir Path folder) throws Exception {
    boolean compiler = !NativeKernels.whyNotBuilt().startsWith("no C++ compiler");
    assumeTrue(compiler || NativeKernels.obstacle().isEmpty(), NativeKernels.whyNotBuilt());
    // every set in contexts of 6,000 positions takes ten minutes: by hand, as the script says
    String best = NativeKernels.obstacle().isEmpty() ? NativeKernels.instructionSet() : "generic";
    ProcessBuilder builder =
        new ProcessBuilder(
            "bash", "src/test/native/sanitize.sh", folder.toString(), best, "generic");
    builder.environment().put("R1ZERO_POSITIONS", "900");
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).contains(best + ": 0 wrong", "generic: 0 wrong");
  }
}
