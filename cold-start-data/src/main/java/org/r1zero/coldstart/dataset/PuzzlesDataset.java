package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.r1zero.coldstart.puzzle.Puzzle;
import org.r1zero.coldstart.puzzle.PuzzleFamily;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Problem;

/**
 * {@code puzzles}: generated puzzles, judged by the verifier {@code puzzle}. Options: {@code
 * families}, a list (default all); {@code level} and {@code max_level}, from 1 to 5 (default 1, and
 * the same as {@code level}); {@code train} and {@code held_out}, how many of each; {@code seed}
 * (default: the run's), which with the other options decides every puzzle.
 */
public final class PuzzlesDataset implements DatasetProvider {

  /** After so many tries in a row without a new puzzle there is hardly one left. */
  private static final int MAX_FRUITLESS = 10_000;

  @Override
  public String name() {
    return "puzzles";
  }

  @Override
  public Dataset load(JsonNode node, long seed) {
    OptionReader options = OptionReader.at("task.options", node);
    List<String> wanted = options.texts("families", List.of());
    int level = options.positive("level", 1);
    int maxLevel = options.positive("max_level", level);
    int train = options.positive("train", 2000);
    int heldOut = options.positive("held_out", 200);
    long own = node.has("seed") ? options.positive("seed", 1) : seed;
    List<PuzzleFamily> families = families(wanted, options);
    options.require(
        !node.path("families").isArray() || !node.path("families").isEmpty(),
        "families must name a family; without this key all are made");
    options.require(
        level <= maxLevel && maxLevel <= PuzzleFamily.MAX_LEVEL,
        String.format(
            "level and max_level must be 1 <= level <= max_level <= %d, were %d and %d",
            PuzzleFamily.MAX_LEVEL, level, maxLevel));
    options.finish();
    List<Dataset.Part> parts = new ArrayList<>();
    List<List<Problem>> held = new ArrayList<>();
    for (int f = 0; f < families.size(); f++) {
      int toTrain = share(train, f, families.size());
      int toHold = share(heldOut, f, families.size());
      List<Problem> made = make(families.get(f), level, maxLevel, toTrain + toHold, own);
      held.add(made.subList(0, toHold));
      parts.add(new Dataset.Part(made.subList(toHold, made.size()), 1));
    }
    List<Problem> evaluated = new ArrayList<>();
    for (int i = 0; evaluated.size() < heldOut; i++) {
      for (List<Problem> one : held) {
        if (i < one.size()) {
          evaluated.add(one.get(i));
        }
      }
    }
    return new Dataset(name(), parts, evaluated, List.of(), 0);
  }

  private static List<PuzzleFamily> families(List<String> wanted, OptionReader options) {
    Set<PuzzleFamily> families = EnumSet.noneOf(PuzzleFamily.class);
    List<String> known = new ArrayList<>();
    for (PuzzleFamily family : PuzzleFamily.values()) {
      String name = lower(family);
      known.add(name);
      if (wanted.isEmpty() || wanted.contains(name)) {
        families.add(family);
      }
    }
    wanted.forEach(
        name ->
            options.require(
                known.contains(name), "families must be among " + known + ", was " + name));
    return List.copyOf(families);
  }

  /** How many of a number one of several gets; the first ones get the rest. */
  private static int share(int number, int which, int of) {
    return number / of + (which < number % of ? 1 : 0);
  }

  private static List<Problem> make(
      PuzzleFamily family, int level, int maxLevel, int count, long seed) {
    String name = lower(family);
    Random random = new Random(31 * seed + name.hashCode());
    Set<String> asked = new HashSet<>();
    List<Problem> made = new ArrayList<>();
    int fruitless = 0;
    while (made.size() < count) {
      int difficulty = level + (made.size() + fruitless) % (maxLevel - level + 1);
      Puzzle puzzle = family.make(random, difficulty);
      if (!asked.add(puzzle.question())) {
        if (++fruitless > MAX_FRUITLESS) {
          throw new IllegalArgumentException(
              String.format(
                  "task.options: the family %s has only about %s different puzzles of these levels,"
                      + " but train and held_out ask for %s; ask for fewer, or raise max_level",
                  name, made.size(), count));
        }
        continue;
      }
      fruitless = 0;
      ObjectNode data = puzzle.data();
      data.put("family", name);
      data.put("difficulty", difficulty);
      String id = "puzzles/" + name + "/" + difficulty + "/" + made.size();
      made.add(new Problem(id, puzzle.question(), puzzle.gold(), data));
    }
    return made;
  }

  private static String lower(PuzzleFamily family) {
    return family.name().toLowerCase(Locale.ROOT);
  }
}
