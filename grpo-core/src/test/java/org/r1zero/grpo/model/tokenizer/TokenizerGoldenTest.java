package org.r1zero.grpo.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.fixtures.golden.Golden;

/** The tokenizers that this repository holds, against transformers. */
class TokenizerGoldenTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  @TempDir Path folder;

  @Test
  void smolLm2() throws Exception {
    Path source = ROOT.resolve("tools/models/smollm2-135m");
    try (InputStream in =
        new GZIPInputStream(Files.newInputStream(source.resolve("tokenizer.json.gz")))) {
      Files.copy(in, folder.resolve("tokenizer.json"));
    }
    copy(source, "generation_config.json", "tokenizer_config.json");
    assertEqualsTransformers("tokenizer/smollm2");
  }

  @Test
  void embeddedBase() throws Exception {
    Path source = ROOT.resolve("experiments/src/main/resources/org/r1zero/embedded-base");
    copy(source, "tokenizer.json", "generation_config.json", "tokenizer_config.json");
    assertEqualsTransformers("tokenizer/embedded-base");
  }

  private void copy(Path source, String... names) throws IOException {
    for (String name : names) {
      Files.copy(source.resolve(name), folder.resolve(name));
    }
  }

  private void assertEqualsTransformers(String name) throws Exception {
    JsonNode golden = Golden.load(name);
    byte[] file = Files.readAllBytes(folder.resolve("tokenizer.json"));
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file)))
        .as("the golden was made with another tokenizer.json; run make_tokenizer_goldens.py")
        .isEqualTo(golden.get("tokenizer_sha256").asText());
    assertThat(golden.get("cases")).hasSizeGreaterThanOrEqualTo(30);
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      for (JsonNode c : golden.get("cases")) {
        String text = c.get("text").asText();
        int[] ids = Golden.ints(c.get("ids"));
        assertThat(tokenizer.encode(text)).as("ids of '%s'", text).containsExactly(ids);
        assertThat(tokenizer.encodePrompt(text))
            .as("prompt ids of '%s'", text)
            .containsExactly(withoutDoubledStart(Golden.ints(c.get("prompt_ids")), ids));
        assertThat(tokenizer.decode(ids)).isEqualTo(c.get("decoded").asText());
        assertThat(tokenizer.decode(ids, false)).isEqualTo(c.get("decoded_with_special").asText());
      }
    }
  }

  /** Where a text spells the token that the tokenizer puts before it, ours stands once. */
  private static int[] withoutDoubledStart(int[] promptIds, int[] ids) {
    boolean doubled =
        ids.length > 0 && promptIds.length == ids.length + 1 && promptIds[0] == ids[0];
    return doubled ? ids : promptIds;
  }
}
