package org.r1zero.grpo.model.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.r1zero.grpo.model.weights.ModelFileException;
import org.slf4j.LoggerFactory;

/** A model's own tokenizer, read from its {@code tokenizer.json}; thread-safe. */
public final class Tokenizer implements AutoCloseable {
  private final Path file;
  private final HuggingFaceTokenizer delegate;
  private final Vocabulary vocabulary;
  private final SpecialTokens specialTokens;
  private final int endOfTurn;
  private int vocabSize = Integer.MAX_VALUE;

  private Tokenizer(
      Path folder, HuggingFaceTokenizer delegate, Vocabulary vocabulary, SpecialTokens special) {
    this.file = folder.resolve("tokenizer.json");
    this.delegate = delegate;
    this.vocabulary = vocabulary;
    this.specialTokens = special;
    this.endOfTurn = findEndOfTurn(folder);
  }

  /**
   * Opens the tokenizer of a model folder, for a model of any size.
   *
   * @throws ModelFileException if {@code tokenizer.json} is missing or can't be read
   */
  public static Tokenizer open(Path folder) {
    Path file = folder.resolve("tokenizer.json");
    if (!Files.isRegularFile(file)) {
      throw new ModelFileException(
          file, "is missing; save the model's fast tokenizer beside its weights");
    }
    Vocabulary vocabulary = Vocabulary.read(file, SpecialTokens.texts(folder).values());
    SpecialTokens specialTokens = SpecialTokens.read(folder, vocabulary);
    HuggingFaceTokenizer delegate;
    try {
      delegate =
          HuggingFaceTokenizer.newInstance(
              file, Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
    } catch (IOException | RuntimeException e) {
      throw new ModelFileException(file, "is not a tokenizer: " + e.getMessage(), e);
    }
    return new Tokenizer(folder, delegate, vocabulary, specialTokens);
  }

  /**
   * Opens the tokenizer of a model folder, for a model whose embedding has so many rows.
   *
   * <p>An added token beyond them, as a padding token often is, is only warned of: no text can be
   * encoded that spells it.
   *
   * @throws ModelFileException if {@code tokenizer.json} is missing or can't be read, or gives out
   *     ids that the model has no row for
   */
  public static Tokenizer open(Path folder, int vocabSize) {
    Tokenizer tokenizer = open(folder);
    try {
      tokenizer.limitTo(vocabSize);
    } catch (ModelFileException e) {
      tokenizer.close();
      throw e;
    }
    return tokenizer;
  }

  private void limitTo(int rows) {
    vocabSize = rows;
    if (vocabulary.largest() >= rows) {
      throw new ModelFileException(
          file,
          String.format(
              "gives out ids up to %d, but vocab_size of config.json is %d: the embedding has no"
                  + " row for them; this tokenizer belongs to another model",
              vocabulary.largest(), rows));
    }
    for (int end : specialTokens.endOfSequence()) {
      if (end < 0 || end >= rows) {
        throw new ModelFileException(
            file.resolveSibling("config.json"),
            String.format("eos_token_id %d is not below vocab_size %d", end, rows));
      }
    }
    List<String> beyond =
        vocabulary.added().entrySet().stream()
            .filter(token -> token.getValue() >= rows)
            .map(token -> token.getValue() + " " + token.getKey())
            .toList();
    if (!beyond.isEmpty()) {
      LoggerFactory.getLogger(Tokenizer.class)
          .warn(
              "{}: {} added token(s) are not below vocab_size {} of config.json: {}; texts that"
                  + " spell them are refused",
              file,
              beyond.size(),
              rows,
              String.join(", ", beyond.subList(0, Math.min(5, beyond.size()))));
    }
  }

  /** The token ids of a text, {@code [T]}; special tokens only where the text spells them. */
  public int[] encode(String text) {
    return encode(text, false);
  }

  private int[] encode(String text, boolean addSpecialTokens) {
    long[] ids = delegate.encode(text, addSpecialTokens, false).getIds();
    for (long id : ids) {
      if (id >= vocabSize) {
        throw new ModelFileException(
            file,
            String.format(
                "a text has the token %d %s, which is not below vocab_size %d of config.json",
                id, delegate.decode(new long[] {id}, false), vocabSize));
      }
    }
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }

  /**
   * The token ids of a whole prompt, {@code [S]}: with the special tokens that the tokenizer puts
   * before a text, such as Llama's begin-of-text, but not twice where the text spells it already.
   */
  public int[] encodePrompt(String text) {
    int[] bare = encode(text);
    int[] full = encode(text, true);
    int before = prefixLength(full, bare);
    boolean doubled = before == 1 && bare.length > 0 && full[0] == bare[0];
    return doubled ? bare : Arrays.copyOf(full, before + bare.length);
  }

  /** How many ids the tokenizer put before {@code bare}. */
  private static int prefixLength(int[] full, int[] bare) {
    for (int start = full.length - bare.length; start > 0; start--) {
      if (Arrays.equals(full, start, start + bare.length, bare, 0, bare.length)) {
        return start;
      }
    }
    return 0;
  }

  /** The text of token ids, special tokens left out. */
  public String decode(int[] tokens) {
    return decode(tokens, true);
  }

  /** The text of token ids. */
  public String decode(int[] tokens, boolean skipSpecialTokens) {
    long[] ids = Arrays.stream(tokens).asLongStream().toArray();
    return delegate.decode(ids, skipSpecialTokens);
  }

  /**
   * The id that training puts at the end of what the model says: one that also ends it when it is
   * sampled. It is what the chat template ends an assistant's turn with, otherwise the tokenizer's
   * {@code eos_token}, otherwise the first of {@code eos_token_id}.
   */
  public int endOfTurn() {
    return endOfTurn;
  }

  private int findEndOfTurn(Path folder) {
    List<Integer> ends = specialTokens.endOfSequence();
    for (int id : encode(ChatTemplate.textAfterTurn(folder))) {
      if (ends.contains(id)) {
        return id;
      }
    }
    OptionalInt own = vocabulary.id(specialTokens.eosToken());
    return own.isPresent() && ends.contains(own.getAsInt()) ? own.getAsInt() : ends.get(0);
  }

  /** The tokens with a meaning of their own. */
  public SpecialTokens specialTokens() {
    return specialTokens;
  }

  @Override
  public void close() {
    delegate.close();
  }
}
