package org.r1zero.verify.reward;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.Verifiers;

/**
 * A guarded verifier that can be sent to another process: it is made where it is first needed, and
 * stays there. Thread-safe.
 */
public final class PortableVerifier implements Serializable {
  private static final long serialVersionUID = 1;

  private final String id;
  private final JsonNode options;
  private final List<String> plugins;
  private final int callers;
  private final Duration limit;
  private transient volatile @Nullable Verifier here;

  /**
   * Takes what makes a verifier.
   *
   * @param id its name
   * @param options its own
   * @param plugins folders of plug-in jars, which must be there in each process
   * @param callers how many threads judge at the same time
   * @param limit the longest time for one verdict
   */
  public PortableVerifier(
      String id, JsonNode options, List<String> plugins, int callers, Duration limit) {
    this.id = id;
    this.options = options;
    this.plugins = List.copyOf(plugins);
    this.callers = callers;
    this.limit = limit;
  }

  /**
   * The verifier in this process.
   *
   * @throws IllegalArgumentException if it is unknown, or an option is wrong
   */
  public Verifier open() {
    Verifier made = here;
    if (made == null) {
      synchronized (this) {
        made = here;
        if (made == null) {
          Verifiers known = Verifiers.discover(new ScoringConfig(0, 1, 1, plugins).pluginFolders());
          made = new GuardedVerifier(known.create(id, options), callers, limit);
          here = made;
        }
      }
    }
    return made;
  }

  /** All that its verdicts depend on, as a text. */
  public String description() {
    return id + " " + options + " " + plugins + " " + limit;
  }
}
