package org.r1zero.rollout;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.grpo.model.tokenizer.Tokenizer;

/** Writes tokenizers of a few tokens. Token 0 ends a sequence. */
public final class TinyTokenizer {
  private static final ObjectMapper JSON = new ObjectMapper();

  private TinyTokenizer() {}

  /** Token {@code 1 + i} is byte {@code i}, as GPT-2 writes bytes; then the given words. */
  public static Tokenizer ofBytes(Path folder, String... words) throws IOException {
    List<String> tokens = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      tokens.add(visible(b));
    }
    for (String word : words) {
      tokens.add(visible(word));
    }
    ObjectNode root = root(tokens, false);
    byteLevel(root.putObject("pre_tokenizer"));
    byteLevel(root.putObject("decoder"));
    return write(folder, root);
  }

  /** Token {@code 1 + i} is the character {@code i} of a text: sampling them gives clean text. */
  public static Tokenizer ofCharacters(Path folder, String characters) throws IOException {
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < characters.length(); i++) {
      tokens.add(visible(characters.substring(i, i + 1)));
    }
    ObjectNode root = root(tokens, false);
    byteLevel(root.putObject("pre_tokenizer"));
    byteLevel(root.putObject("decoder"));
    return write(folder, root);
  }

  /** Token {@code 1 + i} is byte {@code i}, as Llama's SentencePiece writes bytes; then words. */
  public static Tokenizer ofFallbackBytes(Path folder, String... words) throws IOException {
    List<String> tokens = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      tokens.add(String.format("<0x%02X>", b));
    }
    tokens.addAll(List.of(words));
    ObjectNode root = root(tokens, true);
    root.putNull("pre_tokenizer");
    ObjectNode decoder = root.putObject("decoder").put("type", "Sequence");
    ArrayNode steps = decoder.putArray("decoders");
    ObjectNode replace = steps.addObject().put("type", "Replace");
    replace.putObject("pattern").put("String", "▁");
    replace.put("content", " ");
    steps.addObject().put("type", "ByteFallback");
    steps.addObject().put("type", "Fuse");
    steps.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    return write(folder, root);
  }

  private static Tokenizer write(Path folder, ObjectNode root) throws IOException {
    JSON.writeValue(folder.resolve("tokenizer.json").toFile(), root);
    Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": 0}");
    return Tokenizer.open(folder);
  }

  private static ObjectNode root(List<String> tokens, boolean byteFallback) {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    root.putArray("added_tokens")
        .addObject()
        .put("id", 0)
        .put("content", "<end>")
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
    root.putNull("normalizer").putNull("post_processor");
    ObjectNode model = root.putObject("model").put("type", "BPE");
    model.putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix").put("fuse_unk", false);
    model.put("byte_fallback", byteFallback);
    ObjectNode vocabulary = model.putObject("vocab");
    vocabulary.put("<end>", 0);
    tokens.forEach(token -> vocabulary.put(token, vocabulary.size()));
    model.putArray("merges");
    return root;
  }

  private static void byteLevel(ObjectNode node) {
    node.put("type", "ByteLevel").put("add_prefix_space", false);
    node.put("trim_offsets", false).put("use_regex", true);
  }

  private static String visible(String text) {
    StringBuilder word = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      word.append(visible(b & 0xff));
    }
    return word.toString();
  }

  /** GPT-2's visible character for a byte. */
  private static String visible(int b) {
    int shift = 0;
    for (int i = 0; i <= b; i++) {
      boolean plain = (i >= '!' && i <= '~') || (i >= 0xA1 && i <= 0xFF && i != 0xAD);
      if (i == b && plain) {
        return String.valueOf((char) b);
      }
      shift += plain ? 0 : 1;
    }
    return String.valueOf((char) (255 + shift));
  }
}
