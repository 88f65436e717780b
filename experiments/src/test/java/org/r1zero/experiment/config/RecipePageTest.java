package org.r1zero.experiment.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page on recipes lists what the reader of recipes answers TRL's and verl's names with. */
class RecipePageTest {
  @Test
  void thePagesTablesAreTheReadersOwn() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("../docs/recipe.md")).stream()
            .dropWhile(line -> !line.equals("### TRL"))
            .filter(line -> line.startsWith("| `"))
            .toList();
    List<String> expected = ForeignKeys.all().stream().map(RecipePageTest::row).toList();
    assertThat(rows).containsExactlyElementsOf(expected);
  }

  private static String row(ForeignKeys.Entry entry) {
    String here = entry.here().isEmpty() ? "none" : "`" + entry.here() + "`";
    return String.format("| `%s` | %s | %s |", entry.name(), here, entry.note());
  }
}
