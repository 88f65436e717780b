package org.r1zero.coldstart.corpus;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Writes a tokenizer trained on texts as Hugging Face files. */
public final class TokenizerFiles {
  /** Ends a document. */
  public static final String END_OF_TEXT = "<|endoftext|>";

  private static final List<String> TAGS = List.of("<think>", "</think>", "<answer>", "</answer>");
  private static final ObjectMapper JSON = new ObjectMapper();

  private TokenizerFiles() {}

  /**
   * Trains and writes {@code tokenizer.json}, {@code tokenizer_config.json} and {@code
   * generation_config.json}.
   *
   * @param texts to learn merges from
   * @param vocabulary most tokens, added ones included
   * @return how many tokens there are
   */
  public static int write(Path folder, List<String> texts, int vocabulary) throws IOException {
    List<String> bare = new ArrayList<>();
    for (String text : texts) {
      String rest = text;
      for (String tag : TAGS) {
        rest = rest.replace(tag, "\n");
      }
      bare.add(rest);
    }
    List<String> bytes = BytePairTrainer.byteTokens();
    int merges = vocabulary - bytes.size() - TAGS.size() - 1;
    List<BytePairTrainer.Merge> learned = BytePairTrainer.train(bare, merges);
    Set<String> tokens = new LinkedHashSet<>();
    tokens.add(END_OF_TEXT);
    tokens.addAll(TAGS);
    tokens.addAll(bytes);
    learned.forEach(m -> tokens.add(m.left() + m.right()));
    JSON.writerWithDefaultPrettyPrinter()
        .writeValue(folder.resolve("tokenizer.json").toFile(), tokenizer(tokens, learned));
    ObjectNode config = JSON.createObjectNode();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    config.put("eos_token", END_OF_TEXT);
    config.put("pad_token", END_OF_TEXT);
    config.put("clean_up_tokenization_spaces", false);
    config.put("model_max_length", 256);
    JSON.writerWithDefaultPrettyPrinter()
        .writeValue(folder.resolve("tokenizer_config.json").toFile(), config);
    ObjectNode generation = JSON.createObjectNode();
    generation.put("eos_token_id", 0).put("pad_token_id", 0);
    JSON.writerWithDefaultPrettyPrinter()
        .writeValue(folder.resolve("generation_config.json").toFile(), generation);
    return tokens.size();
  }

  private static ObjectNode tokenizer(Set<String> tokens, List<BytePairTrainer.Merge> merges) {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    int id = 0;
    for (String token : tokens) {
      if (id <= TAGS.size()) {
        added
            .addObject()
            .put("id", id)
            .put("content", token)
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", id == 0);
      }
      id++;
    }
    root.putNull("normalizer");
    ObjectNode pre = root.putObject("pre_tokenizer").put("type", "Sequence");
    ArrayNode steps = pre.putArray("pretokenizers");
    steps.addObject().put("type", "Digits").put("individual_digits", true);
    byteLevel(steps.addObject());
    byteLevel(root.putObject("post_processor"));
    byteLevel(root.putObject("decoder"));
    ObjectNode model = root.putObject("model").put("type", "BPE");
    model.putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix").put("fuse_unk", false).put("byte_fallback", false);
    ObjectNode vocab = model.putObject("vocab");
    id = 0;
    for (String token : tokens) {
      vocab.put(token, id++);
    }
    ArrayNode pairs = model.putArray("merges");
    merges.forEach(m -> pairs.addArray().add(m.left()).add(m.right()));
    return root;
  }

  private static void byteLevel(ObjectNode node) {
    node.put("type", "ByteLevel").put("add_prefix_space", false);
    node.put("trim_offsets", false).put("use_regex", true);
  }
}
