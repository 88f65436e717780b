package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.r1zero.experiment.metrics.JsonFiles;

/**
 * Counts what a try of a stage takes, and keeps the count in a file of its own as it goes: a try
 * that was killed has its cost too.
 */
final class StageMeter {
  private static final String FOLDER = "tries";
  static final String DONE = "done";
  private final Path file;
  private final long started = System.nanoTime();
  private long sampledTokens;
  private long trainedTokens;
  private double flops;

  private StageMeter(Path file) {
    this.file = file;
  }

  /** Starts a try in a stage's folder. */
  static StageMeter start(Path stage) throws IOException {
    Path folder = Files.createDirectories(stage.resolve(FOLDER));
    for (int number = 1; ; number++) {
      Path file = folder.resolve("try-" + number + ".json");
      if (!Files.exists(file)) {
        StageMeter meter = new StageMeter(file);
        meter.write("running");
        return meter;
      }
    }
  }

  /**
   * Adds work of a model with so many parameters.
   *
   * @param sampled completion tokens generated
   * @param scored tokens of forward passes alone
   * @param trained tokens of forward and backward passes
   */
  void add(long parameters, long sampled, long scored, long trained) {
    sampledTokens += sampled;
    trainedTokens += trained;
    flops += parameters * (2.0 * sampled + 2.0 * scored + 6.0 * trained);
    write("running");
  }

  /** Ends the try. */
  void end(String status) {
    write(status);
  }

  private void write(String status) {
    double seconds = (System.nanoTime() - started) / 1e9;
    StageCost cost = new StageCost(seconds, sampledTokens, trainedTokens, flops);
    try {
      JsonFiles.write(file, new Try(status, cost));
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file + " failed: " + e.getMessage(), e);
    }
  }

  /** What all tries of a stage took, those that failed or were killed too. */
  static StageCost total(Path stage) throws IOException {
    return tries(stage).stream().map(Try::cost).reduce(StageCost.NONE, StageCost::plus);
  }

  /** The tries of a stage that did not come to its end: how many, and their seconds. */
  static StageTries broken(Path stage) throws IOException {
    List<Try> tries = tries(stage);
    List<Try> broken = tries.stream().filter(one -> !one.status().equals(DONE)).toList();
    double seconds = broken.stream().mapToDouble(one -> one.cost().seconds()).sum();
    return new StageTries(tries.size(), broken.size(), seconds);
  }

  private static List<Try> tries(Path stage) throws IOException {
    List<Try> tries = new ArrayList<>();
    Path folder = stage.resolve(FOLDER);
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
          tries.add(JsonFiles.read(file, Try.class));
        }
      }
    }
    return tries;
  }

  /**
   * A try.
   *
   * @param status {@code running} also of one that was killed
   * @param cost up to the last that it wrote down
   */
  private record Try(String status, @JsonUnwrapped StageCost cost) {}
}
