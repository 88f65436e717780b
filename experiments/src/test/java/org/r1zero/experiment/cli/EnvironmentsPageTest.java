package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/environments.md with the page's own programs, data and recipe. */
@Tag("slow")
class EnvironmentsPageTest {
  private static final String SERVICE =
      "src/main/resources/META-INF/services/org.r1zero.verify.environment.EnvironmentProvider";

  @TempDir private Path folder;
  private PageCommands shell;
  private String page;

  @BeforeEach
  void setUp() throws IOException {
    shell = new PageCommands(folder);
    page = PageCommands.page("docs/environments.md");
    Files.writeString(folder.resolve("parity.py"), PageCommands.blocks(page, "python").get(0));
    Files.writeString(folder.resolve("secrets.jsonl"), PageCommands.blocks(page, "json").get(0));
    Files.writeString(folder.resolve("parity.yaml"), recipe());
  }

  private String recipe() {
    return PageCommands.blocks(page, "yaml").stream()
        .filter(block -> block.startsWith("name: parity"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theProgramInPythonTrains() throws Exception {
    String command = PageCommands.commands(page, "./r1zero").get(0);
    PageCommands.Outcome trained = shell.run(command, "--set output=runs");
    assertThat(trained.code()).as(trained.said()).isZero();
    assertThat(trained.said()).contains("trained 2 steps").contains("held-out pass@1 after");
    int turns = 0;
    for (JsonNode rollout : rollouts()) {
      String said = rollout.path("completion").asText();
      turns = Math.max(turns, rollout.path("turns").asInt());
      assertThat(rollout.path("turns").asInt()).as(said).isBetween(1, 4);
      assertThat(rollout.path("verdicts").path("environment").path("score").asDouble())
          .isBetween(0.0, 1.0);
    }
    assertThat(turns).as("most turns of a rollout").isPositive();
  }

  private List<JsonNode> rollouts() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("runs"))) {
      Path file = all.filter(path -> path.endsWith("step-000001.jsonl")).findFirst().orElseThrow();
      ObjectMapper json = new ObjectMapper();
      return Files.readAllLines(file).stream()
          .map(
              line -> {
                try {
                  return json.readTree(line);
                } catch (IOException e) {
                  throw new AssertionError(line, e);
                }
              })
          .toList();
    }
  }

  @Test
  void theProgramAnswersWithoutR1zero() throws Exception {
    PageCommands.Outcome said = shell.run(PageCommands.commands(page, "echo").get(0), "");
    assertThat(said.said().strip())
        .isEqualTo("{\"request\": 1, \"observation\": \" yes \", \"reward\": 0, \"done\": false}");
  }

  @Test
  void theEnvironmentInJavaIsFound() throws Exception {
    Path plugin = folder.resolve("plugin");
    Path sources = Files.createDirectories(plugin.resolve("src/main/java/org/example/parity"));
    Files.writeString(
        sources.resolve("ParityProvider.java"), PageCommands.blocks(page, "java").get(0));
    Files.createDirectories(plugin.resolve(SERVICE).getParent());
    Files.writeString(plugin.resolve(SERVICE), "org.example.parity.ParityProvider\n");
    PageCommands.makeJar(plugin);
    String train = "./r1zero train parity.yaml --dry-run --plugins plugin/target";
    String parity = " --set environment='{name: parity, max_turns: 4}'";
    PageCommands.Outcome checked = shell.run(train + parity, "");
    assertThat(checked.code()).as(checked.said()).isZero();
    assertThat(checked.said()).contains("OK: ");
    Files.writeString(
        folder.resolve("secrets.jsonl"),
        "{\"question\": \"?\", \"answer\": \"x\"}\n{\"question\": \"!\", \"answer\": \"1\"}\n");
    PageCommands.Outcome refused = shell.run(train + parity, "");
    assertThat(refused.code()).as(refused.said()).isEqualTo(2);
    assertThat(refused.said()).contains("environment 'parity' can't begin with problem");
    PageCommands.Outcome misspelt = shell.run(train + " --set environment.name=paritty", "");
    assertThat(misspelt.code()).as(misspelt.said()).isEqualTo(2);
    assertThat(misspelt.said()).contains("no environment 'paritty' (did you mean 'parity'?)");
  }
}
