package org.r1zero.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildClassPathTest {
  private static final String OWN = System.getProperty("java.class.path");

  @TempDir private Path folder;

  @Test
  void ofAClassOfThisProcessItIsThisProcesss() {
    assertThat(ChildClassPath.of(Verdict.class)).isEqualTo(OWN);
    assertThat(ChildClassPath.of(String.class)).isEqualTo(OWN);
  }

  @Test
  void whatAnotherLoaderReadFromAJarComesWithAllThatLiesBesideIt() throws Exception {
    Path jar = folder.resolve("verifiers.jar");
    String name = Outcome.class.getName().replace('.', '/') + ".class";
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        InputStream in = Outcome.class.getClassLoader().getResourceAsStream(name)) {
      out.putNextEntry(new JarEntry(name));
      in.transferTo(out);
    }
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
      Class<?> type = loader.loadClass(Outcome.class.getName());
      assertThat(ChildClassPath.of(type)).isEqualTo(folder.resolve("*") + ":" + OWN);
    }
  }
}
