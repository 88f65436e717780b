package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/plugins.md from its first command to its last, with the page's own code and recipes. Only
 * Maven's part is done without Maven: the plug-in's sources are compiled and put into a jar.
 */
@Tag("slow")
class PluginsPageTest {
  @TempDir private Path folder;
  private PageCommands shell;
  private String page;

  @BeforeEach
  void setUp() throws IOException {
    shell = new PageCommands(folder);
    page = PageCommands.page("docs/plugins.md");
  }

  @Test
  void everyStepRuns() throws Exception {
    List<String> java = PageCommands.blocks(page, "java");
    List<String> yaml = PageCommands.blocks(page, "yaml");
    assertThat(yaml.get(0)).startsWith("name: keywords");
    assertThat(yaml.get(1)).startsWith("name: squares");
    Path plugin = folder.resolve("examples/verifier-plugin");
    Path sources = plugin.resolve("src/main/java/org/example/squares");
    Files.createDirectories(sources);
    Files.writeString(sources.resolve("SquaresDataset.java"), java.get(0));
    Files.writeString(
        plugin.resolve(
            "src/main/resources/META-INF/services/org.r1zero.coldstart.dataset.DatasetProvider"),
        PageCommands.blocks(page, "text").get(0));
    Files.writeString(folder.resolve("my-recipe.yaml"), yaml.get(0));
    Files.writeString(folder.resolve("squares.yaml"), yaml.get(1));
    PageCommands.makeJar(plugin);

    List<String> commands = PageCommands.commands(page, "./r1zero");
    assertThat(commands).hasSize(4);
    PageCommands.Outcome verified = shell.run(commands.get(0), "");
    assertThat(verified.code()).as(verified.said()).isZero();
    assertThat(verified.said()).contains("agreement with expected  3 of 3 (100.00 %)");
    PageCommands.Outcome trained = shell.run(commands.get(1), "");
    assertThat(trained.code()).as(trained.said()).isZero();
    assertThat(trained.said()).contains("trained 2 steps");
    PageCommands.Outcome squares = shell.run(commands.get(2), "");
    assertThat(squares.code()).as(squares.said()).isZero();
    assertThat(squares.said()).contains("OK: 12 problems to train on, 4 held out");
    PageCommands.Outcome program = shell.run(commands.get(3), "");
    assertThat(program.code()).as(program.said()).isZero();
    assertThat(program.said()).contains("agreement with expected").contains("(100.00 %)");
  }

  @Test
  void mavensCommandsNameModulesAndPluginThatAreThere() {
    for (String command : PageCommands.commands(page, "mvn")) {
      if (command.contains(" -pl ")) {
        String module = command.replaceFirst(".* -pl (\\S+) .*", "$1");
        assertThat(Path.of("..", module, "pom.xml")).as(command).exists();
      } else {
        String pom = command.replaceFirst(".* -f (\\S+) .*", "$1");
        assertThat(Path.of("..", pom)).as(command).exists();
      }
    }
    assertThat(PageCommands.blocks(page, "xml").get(0))
        .contains("<artifactId>cold-start-data</artifactId>");
  }
}
