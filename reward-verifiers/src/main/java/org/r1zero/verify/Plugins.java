package org.r1zero.verify;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Finds what users add in plug-in jars: verifiers, data sets. */
public final class Plugins {
  private static final Map<List<Path>, ClassLoader> LOADERS = new ConcurrentHashMap<>();

  private Plugins() {}

  /**
   * A class loader of the class path and of the jars of some folders. The same folders have one
   * loader, so that a plug-in's verifiers and data sets share its classes; its jars stay open as
   * long as the JVM runs.
   *
   * @param folders each holds plug-in jars, with the jars that these need
   * @throws IllegalArgumentException if a folder is missing or holds no jar
   */
  public static ClassLoader loader(Collection<Path> folders) {
    ClassLoader own = Plugins.class.getClassLoader();
    if (folders.isEmpty()) {
      return own;
    }
    List<Path> jars = folders.stream().flatMap(folder -> jars(folder).stream()).toList();
    return LOADERS.computeIfAbsent(
        jars,
        all ->
            new URLClassLoader("plugins", all.stream().map(Plugins::url).toArray(URL[]::new), own));
  }

  /**
   * All providers of a service that a class loader sees.
   *
   * @param service an interface that plug-ins implement and name in {@code META-INF/services}
   * @param what the service provides, for messages: {@code verifier}
   * @throws IllegalArgumentException if one of them can't be loaded
   */
  public static <S> List<S> providers(Class<S> service, ClassLoader loader, String what) {
    try {
      return ServiceLoader.load(service, loader).stream().map(ServiceLoader.Provider::get).toList();
    } catch (ServiceConfigurationError e) {
      Throwable cause = e.getCause();
      throw new IllegalArgumentException(
          String.format(
              "a %s provider can't be loaded: %s%s",
              what, e.getMessage(), cause == null ? "" : " (" + cause + ")"),
          e);
    } catch (LinkageError e) {
      throw new IllegalArgumentException(
          String.format(
              "a %s provider can't be loaded: %s; is a jar missing, or made for a newer Java?",
              what, e),
          e);
    }
  }

  private static List<Path> jars(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "plug-in folder "
              + folder
              + " is not a folder; name the one that holds the plug-in's jars");
    }
    List<Path> jars = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(file -> file.toString().endsWith(".jar"))
          .map(file -> file.toAbsolutePath().normalize())
          .sorted()
          .forEach(jars::add);
    } catch (IOException e) {
      throw new IllegalArgumentException("plug-in folder " + folder + " can't be listed", e);
    }
    if (jars.isEmpty()) {
      throw new IllegalArgumentException(
          "plug-in folder " + folder + " has no .jar file; put the plug-in's jar there");
    }
    return jars;
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("plug-in jar " + jar + " has no URL", e);
    }
  }
}
