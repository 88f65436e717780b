package org.r1zero.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All verifiers that can be had by name: the built-in ones and those of plug-in jars.
 *
 * <p>Found by {@link ServiceLoader} under {@link VerifierProvider}; what was found, and in which
 * jar, is logged once.
 */
public final class Verifiers {

  private static final Logger LOGGER = LoggerFactory.getLogger(Verifiers.class);

  private final Map<String, Found> byId = new TreeMap<>();

  private Verifiers(Iterable<VerifierProvider> providers) {
    try {
      for (VerifierProvider provider : providers) {
        add(provider);
      }
    } catch (ServiceConfigurationError e) {
      throw new IllegalArgumentException("a verifier provider can't be loaded: " + message(e), e);
    } catch (LinkageError e) {
      throw new IllegalArgumentException(
          "a verifier provider can't be loaded: "
              + e
              + "; is a jar missing, or made for a newer Java?",
          e);
    }
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
    return new Verifiers(ServiceLoader.load(VerifierProvider.class, loader));
  }

  /**
   * Finds the verifiers on the class path and in the jars of some folders. The jars stay open as
   * long as the JVM runs.
   *
   * @param folders each holds plug-in jars, with the jars that these need
   * @throws IllegalArgumentException if a folder is missing or holds no jar
   */
  public static Verifiers discover(Collection<Path> folders) {
    if (folders.isEmpty()) {
      return discover();
    }
    URL[] jars = folders.stream().flatMap(folder -> jars(folder).stream()).toArray(URL[]::new);
    return discover(new URLClassLoader("plugins", jars, Verifiers.class.getClassLoader()));
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
      throw new IllegalArgumentException(
          "no verifier '"
              + id
              + "'"
              + NearestName.hint(id, byId.keySet())
              + "; found: "
              + String.join(", ", byId.keySet()));
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
          "verifier id '"
              + found.id()
              + "' in "
              + found.location()
              + " must be lower case letters, digits, _ and -");
    }
    Found earlier = byId.putIfAbsent(found.id(), found);
    if (earlier != null) {
      throw new IllegalArgumentException(
          "two verifiers have the id '"
              + found.id()
              + "': in "
              + earlier.location()
              + " and in "
              + found.location()
              + "; remove one; found so far: "
              + String.join(", ", byId.keySet()));
    }
  }

  private static List<URL> jars(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "plug-in folder " + folder + " is no folder; name the one that holds the plug-in's jars");
    }
    List<Path> paths;
    try (Stream<Path> files = Files.list(folder)) {
      paths =
          files.filter(f -> f.toString().endsWith(".jar")).sorted().collect(Collectors.toList());
    } catch (IOException e) {
      throw new IllegalArgumentException("plug-in folder " + folder + " can't be listed", e);
    }
    if (paths.isEmpty()) {
      throw new IllegalArgumentException(
          "plug-in folder " + folder + " has no .jar file; put the plug-in's jar there");
    }
    List<URL> urls = new ArrayList<>();
    for (Path path : paths) {
      try {
        urls.add(path.toUri().toURL());
      } catch (MalformedURLException e) {
        throw new IllegalArgumentException("plug-in jar " + path + " has no URL", e);
      }
    }
    return urls;
  }

  private static String location(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null || source.getLocation() == null
        ? "unknown place"
        : source.getLocation().getPath();
  }

  private static String message(ServiceConfigurationError error) {
    Throwable cause = error.getCause();
    return error.getMessage() + (cause == null ? "" : " (" + cause + ")");
  }
}
