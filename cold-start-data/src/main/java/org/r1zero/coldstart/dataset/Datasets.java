package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Collection;
import java.util.TreeMap;
import org.r1zero.verify.NearestName;
import org.r1zero.verify.Plugins;

/** Finds data sets by name. */
public final class Datasets {
  private Datasets() {}

  /**
   * Loads a data set.
   *
   * @param name of a built-in data set, or of a plug-in's
   * @param options its own
   * @param seed of the run
   * @param plugins folders of plug-in jars, in which more data sets are looked for
   * @throws IllegalArgumentException if the name is unknown, or an option is wrong; the message
   *     lists the known ones
   */
  public static Dataset load(String name, JsonNode options, long seed, Collection<Path> plugins) {
    TreeMap<String, DatasetProvider> known = new TreeMap<>();
    for (DatasetProvider provider :
        Plugins.providers(DatasetProvider.class, Plugins.loader(plugins), "data set")) {
      DatasetProvider other = known.put(provider.name(), provider);
      if (other != null) {
        throw new IllegalArgumentException(
            String.format(
                "two data sets are named %s: %s and %s",
                provider.name(), other.getClass(), provider.getClass()));
      }
    }
    DatasetProvider provider = known.get(name);
    if (provider == null) {
      throw new IllegalArgumentException(
          String.format(
              "task.name must be one of %s, was %s%s",
              String.join(", ", known.keySet()), name, NearestName.hint(name, known.keySet())));
    }
    return provider.load(options, seed, (other, its) -> load(other, its, seed, plugins));
  }
}
