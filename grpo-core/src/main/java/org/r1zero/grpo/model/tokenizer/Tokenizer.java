package org.r1zero.grpo.model.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.r1zero.grpo.model.weights.ModelFileException;

/** A model's own tokenizer, read from its {@code tokenizer.json}; thread-safe. */
public final class Tokenizer implements AutoCloseable {
  private final HuggingFaceTokenizer delegate;
  private final SpecialTokens specialTokens;

  private Tokenizer(HuggingFaceTokenizer delegate, SpecialTokens specialTokens) {
    this.delegate = delegate;
    this.specialTokens = specialTokens;
  }

  /**
   * Opens the tokenizer of a model folder.
   *
   * @throws ModelFileException if {@code tokenizer.json} is missing or can't be read
   */
  public static Tokenizer open(Path folder) {
    Path file = folder.resolve("tokenizer.json");
    if (!Files.isRegularFile(file)) {
      throw new ModelFileException(
          file, "is missing; save the model's fast tokenizer beside its weights");
    }
    SpecialTokens specialTokens = SpecialTokens.read(folder);
    try {
      HuggingFaceTokenizer delegate =
          HuggingFaceTokenizer.newInstance(
              file, Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
      return new Tokenizer(delegate, specialTokens);
    } catch (IOException | RuntimeException e) {
      throw new ModelFileException(file, "is no tokenizer: " + e.getMessage(), e);
    }
  }

  /** The token ids of a text, {@code [T]}; special tokens only where the text spells them. */
  public int[] encode(String text) {
    return Arrays.stream(delegate.encode(text, false, false).getIds())
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  /**
   * The token ids of a whole prompt, {@code [S]}: with the special tokens that the tokenizer puts
   * before a text, such as Llama's begin-of-text, but not twice where the text spells it already.
   */
  public int[] encodePrompt(String text) {
    int[] bare = encode(text);
    int[] full =
        Arrays.stream(delegate.encode(text, true, false).getIds())
            .mapToInt(Math::toIntExact)
            .toArray();
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

  /** The tokens with a meaning of their own. */
  public SpecialTokens specialTokens() {
    return specialTokens;
  }

  @Override
  public void close() {
    delegate.close();
  }
}
