package org.r1zero.verify.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyedLinesTest {
  @TempDir private Path folder;

  @Test
  void whatWasKeptIsFoundByAnotherProcess() throws IOException {
    Path file = folder.resolve("a/b.jsonl");
    KeyedLines.open(file).keep("k\n1", node("é\n\u2028"));
    KeyedLines.open(file).keep("k2", node("first"));
    KeyedLines.open(file).keep("k2", node("second"));
    KeyedLines again = KeyedLines.open(file);
    assertThat(again.find("k\n1").orElseThrow().path("v").asText()).isEqualTo("é\n\u2028");
    assertThat(again.find("k2").orElseThrow().path("v").asText()).isEqualTo("second");
    assertThat(again.find("k3")).isEmpty();
  }

  @Test
  void aLineThatAKillCutOffIsAsIfItWereNotThereAndSpoilsNoOther() throws IOException {
    Path file = folder.resolve("c.jsonl");
    KeyedLines.open(file).keep("whole", node("1"));
    Files.write(
        file,
        new byte[] {'{', '"', 'k', 'e', 'y', '"', ':', '"', (byte) 0xC3},
        StandardOpenOption.APPEND);
    KeyedLines.open(file).keep("later", node("2"));
    KeyedLines again = KeyedLines.open(file);
    assertThat(again.find("whole").orElseThrow().path("v").asText()).isEqualTo("1");
    assertThat(again.find("later").orElseThrow().path("v").asText()).isEqualTo("2");
  }

  @Test
  void inMemoryTheNewestAreKept() throws IOException {
    KeyedLines two = KeyedLines.inMemory(2);
    two.keep("a", node("1"));
    two.keep("b", node("2"));
    assertThat(two.find("a")).isPresent();
    two.keep("c", node("3"));
    assertThat(two.find("a")).as("used last").isPresent();
    assertThat(two.find("b")).isEmpty();
    KeyedLines none = KeyedLines.inMemory(0);
    none.keep("a", node("1"));
    assertThat(none.find("a")).isEmpty();
  }

  @Test
  void aFolderIsNoFile() {
    assertThatThrownBy(() -> KeyedLines.open(folder)).isInstanceOf(IOException.class);
  }

  private static ObjectNode node(String value) {
    return JsonNodeFactory.instance.objectNode().put("v", value);
  }
}
