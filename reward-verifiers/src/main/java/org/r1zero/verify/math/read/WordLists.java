package org.r1zero.verify.math.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The tables of words in {@code words.json}, which lies beside this class. */
final class WordLists {
  private static final JsonNode LISTS = read();

  private WordLists() {}

  /** The words of a list, in their order. */
  static List<String> list(String name) {
    List<String> words = new ArrayList<>();
    LISTS.required(name).forEach(line -> words.addAll(split(line)));
    return List.copyOf(words);
  }

  /** The words of a list. */
  static Set<String> set(String name) {
    return Set.copyOf(list(name));
  }

  /**
   * What each word of a table means.
   *
   * @param meaning of a key of the table, under which the words lie that mean it
   */
  static <T> Map<String, T> meanings(String name, Function<String, T> meaning) {
    Map<String, T> meanings = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : LISTS.required(name).properties()) {
      T meant = meaning.apply(entry.getKey());
      split(entry.getValue()).forEach(word -> meanings.put(word, meant));
    }
    return meanings;
  }

  private static List<String> split(JsonNode line) {
    return List.of(line.textValue().split(" ", -1));
  }

  private static JsonNode read() {
    try (InputStream in = WordLists.class.getResourceAsStream("words.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("the resource words.json can't be read", e);
    }
  }
}
