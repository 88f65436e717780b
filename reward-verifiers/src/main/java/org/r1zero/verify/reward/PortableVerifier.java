package org.r1zero.verify.reward;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Serializable;
import java.nio.file.Path;
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
  private final Duration limit;
  private transient volatile @Nullable Verifier here;

  /**
   * Takes what makes a verifier.
   *
   * @param id its name
   * @param options its own
   * @param plugins folders of plug-in jars, which must be there in each process
   * @param limit the longest time for one verdict
   */
  public PortableVerifier(String id, JsonNode options, List<String> plugins, Duration limit) {
    this.id = id;
    this.options = options;
    this.plugins = List.copyOf(plugins);
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
          Verifiers known = Verifiers.discover(plugins());
          made = new GuardedVerifier(known.create(id, options), limit);
          here = made;
        }
      }
    }
    return made;
  }

  /** Its options. */
  public JsonNode options() {
    return options;
  }

  /** Folders of plug-in jars. */
  public List<Path> plugins() {
    return plugins.stream().map(Path::of).toList();
  }

  /** What it was made of, as a text; of files and folders only their names. */
  public String description() {
    return id + " " + options + " " + plugins + " " + limit;
  }
}
