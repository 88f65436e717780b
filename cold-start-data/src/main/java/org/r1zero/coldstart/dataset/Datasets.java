package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Finds data sets by name. */
public final class Datasets {
  private Datasets() {}

  /**
   * Loads a data set.
   *
   * @throws IllegalArgumentException if the name is unknown; the message lists the known ones
   */
  public static Dataset load(String name, JsonNode options, long seed) {
    TreeMap<String, DatasetProvider> known = new TreeMap<>();
    for (DatasetProvider provider : ServiceLoader.load(DatasetProvider.class)) {
      DatasetProvider other = known.put(provider.name(), provider);
      if (other != null) {
        throw new IllegalArgumentException(
            "two data sets are named "
                + provider.name()
                + ": "
                + other.getClass()
                + " and "
                + provider.getClass());
      }
    }
    DatasetProvider provider = known.get(name);
    if (provider == null) {
      throw new IllegalArgumentException(
          "task.name must be one of " + String.join(", ", known.keySet()) + ", was " + name);
    }
    return provider.load(options, seed);
  }
}
