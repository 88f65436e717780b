package org.r1zero.experiment.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.rundir.RunDirectory;
import org.r1zero.grpo.files.WholeFiles;
import org.r1zero.verify.records.Records;
import org.slf4j.LoggerFactory;

/** Finished evaluations of a run, so that one that goes on does not make them again. */
final class EvaluationMemory {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Path folder;

  EvaluationMemory(RunDirectory directory) {
    this.folder = directory.checkpoints();
  }

  private Path file(String when) {
    return folder.resolve("evaluation-" + when + ".json");
  }

  void keep(String when, Evaluation evaluation) throws IOException {
    Files.createDirectories(folder);
    WholeFiles.write(file(when), JSON.writeValueAsBytes(evaluation));
  }

  /** Empty where there is none; one that this version can't read is made again. */
  Optional<Evaluation> recall(String when) throws IOException {
    if (!Files.exists(file(when))) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(file(when).toFile(), Evaluation.class));
    } catch (JsonProcessingException e) {
      LoggerFactory.getLogger(EvaluationMemory.class)
          .warn("{} can't be read and is made again: {}", file(when), Records.why(e));
      return Optional.empty();
    }
  }

  void forget(String when) throws IOException {
    Files.deleteIfExists(file(when));
  }
}
