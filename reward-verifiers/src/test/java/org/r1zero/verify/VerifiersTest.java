package org.r1zero.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class VerifiersTest {

  private static final String SERVICE = "META-INF/services/" + VerifierProvider.class.getName();
  private static final JsonNode NO_OPTIONS = JsonNodeFactory.instance.objectNode();

  /** The one option without which there is nothing to run. */
  private static final Map<String, JsonNode> OPTIONS =
      Map.of(
          "by_source",
          JsonNodeFactory.instance
              .objectNode()
              .set("sources", JsonNodeFactory.instance.objectNode().put("gsm8k", "number")),
          "external",
          JsonNodeFactory.instance
              .objectNode()
              .set("command", JsonNodeFactory.instance.arrayNode().add("true")),
          "judge",
          JsonNodeFactory.instance
              .objectNode()
              .put("url", "http://127.0.0.1:9/v1")
              .put("model", "any")
              .put("rubric", "any"),
          "python",
          JsonNodeFactory.instance
              .objectNode()
              .put("file", "src/test/resources/org/r1zero/verify/external/rewards/verl_score.py"));

  @TempDir Path folder;

  @Test
  void findsEveryProviderOfThisModule() throws IOException {
    // The service file is what is found; each line of it has to make a verifier of its own name.
    Verifiers verifiers = Verifiers.discover();
    assertThat(verifiers.ids())
        .contains("countdown", "external", "format", "language", "number", "python");
    assertThat(verifiers.found()).hasSize(serviceLines());
    for (Verifiers.Found found : verifiers.found()) {
      JsonNode options = OPTIONS.getOrDefault(found.id(), NO_OPTIONS);
      assertThat(verifiers.create(found.id(), options).id()).isEqualTo(found.id());
      assertThat(found.description()).as(found.id()).isNotBlank().doesNotContain("\n");
      assertThat(found.location()).as(found.id()).contains("reward-verifiers");
    }
  }

  @Test
  void listsNamesInAlphabeticalOrder() {
    Verifiers verifiers = Verifiers.of(List.of(named("c"), named("a"), named("b")));
    assertThat(verifiers.ids()).containsExactly("a", "b", "c");
    assertThat(verifiers.found()).extracting(Verifiers.Found::id).containsExactly("a", "b", "c");
    assertThatThrownBy(() -> verifiers.ids().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void refusesAnUnknownNameAndListsTheKnownOnes() {
    Verifiers verifiers = Verifiers.of(List.of(named("shout"), named("whisper")));
    assertThatThrownBy(() -> verifiers.create("shuot", NO_OPTIONS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no verifier 'shuot' (did you mean 'shout'?); found: shout, whisper");
    assertThatThrownBy(() -> verifiers.create("something", NO_OPTIONS))
        .hasMessage("no verifier 'something'; found: shout, whisper");
  }

  @Test
  void refusesTwoOfOneName() {
    assertThatThrownBy(() -> Verifiers.of(List.of(named("shout"), named("shout"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("two verifiers have the id 'shout': in ")
        .hasMessageEndingWith("remove one; found so far: shout");
  }

  @Test
  void refusesANameThatMetricsCanNotHave() {
    for (String name : List.of("", "Shout", "a b", "a/b", "-a", "é")) {
      assertThatThrownBy(() -> Verifiers.of(List.of(named(name))))
          .as(name)
          .hasMessageContaining("must be lower case letters, digits, _ and -");
    }
    assertThatCode(() -> Verifiers.of(List.of(named("a-b_2")))).doesNotThrowAnyException();
  }

  @Test
  void findsTheVerifierOfAPluginJar() throws IOException {
    jar("plugin.jar", Map.of(SERVICE, SampleProvider.class.getName()));
    Verifiers verifiers = Verifiers.discover(List.of(folder));
    assertThat(verifiers.ids()).contains("sample-plugin", "format");
    assertThat(verifiers.create("sample-plugin", NO_OPTIONS).id()).isEqualTo("sample-plugin");
  }

  @Test
  void refusesAFolderThatIsMissingOrHasNoJar() throws IOException {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> Verifiers.discover(List.of(missing)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("plug-in folder " + missing + " is not a folder");
    Files.writeString(folder.resolve("notes.txt"), "no jar");
    assertThatThrownBy(() -> Verifiers.discover(List.of(folder)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("plug-in folder " + folder + " has no .jar file");
  }

  @Test
  void saysWhichProviderCanNotBeLoaded() throws IOException {
    jar("broken.jar", Map.of(SERVICE, "org.example.Missing"));
    assertThatThrownBy(() -> Verifiers.discover(List.of(folder)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("org.example.Missing");
  }

  @Test
  void saysThatAClassFileCanNotBeRead() throws IOException {
    jar("broken.jar", Map.of(SERVICE, "org.example.Bad", "org/example/Bad.class", "no class file"));
    assertThatThrownBy(() -> Verifiers.discover(List.of(folder)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("org/example/Bad")
        .hasMessageContaining("made for a newer Java?");
  }

  @Test
  void refusesAPluginWithTheNameOfABuiltInVerifier() throws IOException {
    jar("plugin.jar", Map.of(SERVICE, FormatTwinProvider.class.getName()));
    assertThatThrownBy(() -> Verifiers.discover(List.of(folder)))
        .hasMessageContaining("two verifiers have the id 'format'");
  }

  /** In the test jar, named by plug-in jars that only hold a service file. */
  public static final class SampleProvider extends NamedProvider {
    /** For the service loader. */
    public SampleProvider() {
      super("sample-plugin");
    }
  }

  /** Has a name that is taken. */
  public static final class FormatTwinProvider extends NamedProvider {
    /** For the service loader. */
    public FormatTwinProvider() {
      super("format");
    }
  }

  private static class NamedProvider implements VerifierProvider {

    private final String id;

    NamedProvider(String id) {
      this.id = id;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public String description() {
      return "says yes";
    }

    @Override
    public Verifier create(JsonNode options) {
      return new Yes(id);
    }
  }

  private record Yes(String id) implements Verifier {

    @Override
    public ScoreRange range() {
      return ScoreRange.UNIT;
    }

    @Override
    public Verdict verify(Problem problem, Completion completion) {
      return new Verdict(1, Outcome.CORRECT, "yes");
    }
  }

  private static VerifierProvider named(String id) {
    return new NamedProvider(id);
  }

  private static int serviceLines() throws IOException {
    try (var stream = Verifiers.class.getResourceAsStream("/" + SERVICE)) {
      assertThat(stream).isNotNull();
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      return (int) text.lines().filter(line -> !line.isBlank()).count();
    }
  }

  private void jar(String name, Map<String, String> entries) throws IOException {
    try (OutputStream file = Files.newOutputStream(folder.resolve(name));
        JarOutputStream jar = new JarOutputStream(file)) {
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        jar.putNextEntry(new JarEntry(entry.getKey()));
        jar.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
        jar.closeEntry();
      }
    }
  }
}
