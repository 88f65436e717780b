package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A stage that is ready to run: its options checked, its inputs known. */
interface Stage {

  /** Everything that decides what it makes, besides its inputs. */
  ObjectNode configuration();

  /** The folders and files that it reads, by what they are to it. */
  Map<String, Path> inputs();

  /**
   * Runs it, or goes on where an earlier try stopped.
   *
   * @param folder its own
   * @param meter is notified of all work
   */
  Made run(Path folder, StageMeter meter) throws IOException;

  /**
   * What a stage made, relative to its folder.
   *
   * @param model a model in Hugging Face layout, or {@code null}
   * @param data a file of training examples, or {@code null}
   */
  record Made(@Nullable Path model, @Nullable Path data) {}
}
