package org.r1zero.coldstart.curate;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;

/**
 * Does on many machines what is otherwise done in this process, with the same results: found by
 * {@link ServiceLoader} where this process was started on a cluster.
 */
public interface DataEngine {

  /** The engine of the cluster that this process was started on; empty where there is none. */
  static Optional<DataEngine> found() {
    return ServiceLoader.load(DataEngine.class, DataEngine.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .filter(DataEngine::isOn)
        .findFirst();
  }

  /**
   * What is done with each record.
   *
   * @param <A> what goes there
   * @param <B> what comes back
   */
  @FunctionalInterface
  interface Work<A extends Serializable, B extends Serializable> extends Serializable {

    /** Does it, in any process; for several threads. */
    B with(A record);
  }

  /** Whether this process was started on its cluster. */
  boolean isOn();

  /**
   * Does something with each record of a list, which has to fit into memory; the same {@code work}
   * is sent once, whatever the number of calls.
   *
   * @param what for people to read
   * @return what came of each, in their order
   */
  <A extends Serializable, B extends Serializable> List<B> each(
      String what, Work<A, B> work, List<A> records);

  /**
   * Chooses what {@link Curator#choose(Curation)} would. What was judged stays in a folder, so that
   * an interrupted curation goes on.
   *
   * @param folder that all machines see, of this curation alone: a path, or a URI of any file
   *     system that the engine knows
   * @param say is told how far it is
   * @throws IllegalArgumentException if a file is missing, is of no known kind, or has too many bad
   *     records
   */
  Selection choose(Curation curation, String folder, Consumer<String> say) throws IOException;
}
