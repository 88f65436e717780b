package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.r1zero.grpo.files.Resources;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Problem;

/**
 * {@code wordle}: common words of five letters to be guessed in the environment of the same name.
 * Options: {@code held_out}, how many of them are not trained on.
 */
public final class WordleDataset implements DatasetProvider {
  private static final String QUESTION =
      "I think of a common English word of five letters. Guess it: say one word at a time, and I"
          + " will mark each of its letters, G where it is in its place, Y where it is elsewhere in"
          + " my word, - where it is not in it.";

  @Override
  public String name() {
    return "wordle";
  }

  @Override
  public Dataset load(JsonNode node, long seed) {
    List<String> words =
        new ArrayList<>(Resources.text(WordleDataset.class, "wordle.txt").lines().toList());
    OptionReader options = OptionReader.at("task.options", node);
    int heldOut = options.positive("held_out", words.size() / 5);
    options.require(
        heldOut < words.size(), "held_out must be < " + words.size() + ", was " + heldOut);
    options.finish();
    Collections.shuffle(words, new Random(seed));
    List<Problem> problems =
        words.stream().map(word -> new Problem("wordle/" + word, QUESTION, word)).toList();
    return new Dataset(
        name(), problems.subList(heldOut, problems.size()), problems.subList(0, heldOut));
  }
}
