package org.r1zero.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A page as headless Chromium has it once its scripts have run. */
public final class Chromium {
  private static final Path PROGRAM = Path.of("/usr/bin/chromium");

  private Chromium() {}

  /**
   * Opens a page; the test is skipped, and says so, where there is no Chromium.
   *
   * @param profile a folder for its files
   */
  public static String dom(String address, Path profile) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(PROGRAM), "no /usr/bin/chromium: apt-get install chromium");
    Process process =
        new ProcessBuilder(
                PROGRAM.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--virtual-time-budget=5000",
                "--user-data-dir=" + profile,
                "--dump-dom",
                address)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String dom = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return dom;
  }
}
