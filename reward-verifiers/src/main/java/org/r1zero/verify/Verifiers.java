package org.r1zero.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All verifiers that can be had by name: the built-in ones and those of plug-in jars.
 *
 * <p>Found by {@link java.util.ServiceLoader} under {@link VerifierProvider}; what was found, and
 * in which jar, is logged once.
 */
public final class Verifiers {

  private static final Logger LOGGER = LoggerFactory.getLogger(Verifiers.class);

  private final Map<String, Found> byId = new TreeMap<>();

  private Verifiers(Iterable<VerifierProvider> providers) {
    providers.forEach(this::add);
    for (Found found : byId.values()) {
      LOGGER.info("verifier {} ({}, {})", found.id(), found.version(), found.location());
    }
  }

  /**
   * One verifier that can be made.
   *
   * @param id its name in recipes
   * @param description one line
   * @param version of its jar, {@code unknown} where the jar's manifest does not say
   * @param location its jar or class folder
   * @param provider makes it
   */
  public record Found(
      String id, String description, String version, String location, VerifierProvider provider) {}

  /** Finds the verifiers on the class path. */
  public static Verifiers discover() {
    return discover(Verifiers.class.getClassLoader());
  }

  /** Finds the verifiers that a class loader sees. */
  public static Verifiers discover(ClassLoader loader) {
    return new Verifiers(Plugins.providers(VerifierProvider.class, loader, "verifier"));
  }

  /**
   * Finds the verifiers on the class path and in the plug-in jars of some folders.
   *
   * @param folders each holds plug-in jars, with the jars that these need
   * @throws IllegalArgumentException if a folder is missing or holds no jar
   */
  public static Verifiers discover(Collection<Path> folders) {
    return discover(Plugins.loader(folders));
  }

  /** Takes the given providers and no others, for tests and embedding. */
  public static Verifiers of(List<VerifierProvider> providers) {
    return new Verifiers(providers);
  }

  /**
   * Makes a verifier.
   *
   * @param id the name of a verifier that was found
   * @param options its options; null or missing nodes stand for none
   * @throws IllegalArgumentException if no verifier has that name, or an option is wrong
   */
  public Verifier create(String id, JsonNode options) {
    Found found = byId.get(id);
    if (found == null) {
      throw NearestName.unknown("verifier", id, byId.keySet());
    }
    return found.provider().create(options, this);
  }

  /** The names of all verifiers found, in alphabetical order. */
  public Set<String> ids() {
    return Collections.unmodifiableSet(byId.keySet());
  }

  /** All verifiers found, in alphabetical order. */
  public List<Found> found() {
    return List.copyOf(byId.values());
  }

  private void add(VerifierProvider provider) {
    Class<?> type = provider.getClass();
    Found found =
        new Found(
            provider.id(),
            provider.description(),
            Objects.requireNonNullElse(type.getPackage().getImplementationVersion(), "unknown"),
            location(type),
            provider);
    if (!found.id().matches("[a-z0-9][a-z0-9_-]*")) {
      throw new IllegalArgumentException(
          String.format(
              "verifier id '%s' in %s must be lower case letters, digits, _ and -",
              found.id(), found.location()));
    }
    Found earlier = byId.putIfAbsent(found.id(), found);
    if (earlier != null) {
      throw new IllegalArgumentException(
          String.format(
              "two verifiers have the id '%s': in %s and in %s; remove one; found so far: %s",
              found.id(), earlier.location(), found.location(), String.join(", ", byId.keySet())));
    }
  }

  private static String location(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null || source.getLocation() == null
        ? "unknown place"
        : source.getLocation().getPath();
  }
}
