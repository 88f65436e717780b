package org.r1zero.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keeps examples/verifier-plugin true: builds its jar with this module and uses it. */
class ExamplePluginTest {

  private static final Path EXAMPLE = Path.of("../examples/verifier-plugin");

  @TempDir Path folder;

  @Test
  void theExamplesJarIsFoundAndJudgesItsAnswers() throws IOException {
    makeJar();
    Verifiers verifiers = Verifiers.discover(List.of(folder.resolve("plugins")));
    Verifier keywords = verifiers.create("keywords", JsonNodeFactory.instance.objectNode());
    List<String> lines = Files.readAllLines(EXAMPLE.resolve("answers.jsonl"));
    assertThat(lines).isNotEmpty();
    for (String line : lines) {
      ObjectNode node = (ObjectNode) new ObjectMapper().readTree(line);
      Problem problem = new Problem(node.path("id").asText(), "?", "", node);
      Verdict verdict = keywords.verify(problem, Completion.of(node.path("completion").asText()));
      assertThat(verdict.outcome() == Outcome.CORRECT)
          .as(line)
          .isEqualTo(node.path("expected").asInt() == 1);
    }
  }

  private void makeJar() throws IOException {
    Path sources = EXAMPLE.resolve("src/main/java");
    Path classes = Files.createDirectories(folder.resolve("classes"));
    List<String> arguments = new ArrayList<>(List.of("-d", classes.toString(), "-proc:none"));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    for (Path source : files(sources)) {
      arguments.add(source.toString());
    }
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertThat(failed).as("compiling the example").isZero();
    Path jar = Files.createDirectories(folder.resolve("plugins")).resolve("keywords.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      addAll(out, classes);
      addAll(out, EXAMPLE.resolve("src/main/resources"));
    }
  }

  private static void addAll(JarOutputStream out, Path root) throws IOException {
    for (Path file : files(root)) {
      out.putNextEntry(new JarEntry(root.relativize(file).toString()));
      Files.copy(file, out);
      out.closeEntry();
    }
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }
}
