package org.r1zero.verify.language;

import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells which words of a text are in the wanted language.
 *
 * <p>The script decides where it can. Words of a script that several languages share are judged by
 * {@link WordEvidence}, all together: of all ways to part the text into stretches in the wanted and
 * in another language, the likeliest is taken (Viterbi over two states), where a change within a
 * sentence and a script costs more than one between them. So a word alone needs strong evidence to
 * count as foreign, and little words follow their neighbours.
 */
final class WordTagger {

  private static final double CHANGE_WITHIN = 3;
  private static final double CHANGE_BETWEEN = 0.3;
  private static final double CERTAIN = 8;
  private static final int CHINESE_SENTENCE = 4;

  private final ScriptProfile target;
  private final @Nullable WordEvidence evidence;

  /** Compares with those of {@code others} that share a script with the target. */
  WordTagger(ScriptProfile target, List<ScriptProfile> others) {
    this.target = target;
    // Chinese and Japanese are told apart by the kana.
    boolean byKana = target.scripts().contains(UnicodeScript.HAN);
    List<ScriptProfile> rivals =
        others.stream()
            .filter(other -> other.language() != target.language() && other.sharesScript(target))
            .toList();
    this.evidence = byKana || rivals.isEmpty() ? null : new WordEvidence(target, rivals);
  }

  /** For each word whether it is foreign. */
  boolean[] foreign(List<Word> words) {
    Map<Integer, Set<UnicodeScript>> scripts = new HashMap<>();
    Map<Integer, Integer> han = new HashMap<>();
    for (Word word : words) {
      scripts
          .computeIfAbsent(word.sentence(), s -> EnumSet.noneOf(UnicodeScript.class))
          .add(word.script());
      if (word.script() == UnicodeScript.HAN) {
        han.merge(word.sentence(), word.length(), Integer::sum);
      }
    }
    double[] scores = new double[words.size()];
    for (int i = 0; i < scores.length; i++) {
      Word word = words.get(i);
      Set<UnicodeScript> sentence =
          scripts.getOrDefault(word.sentence(), EnumSet.noneOf(UnicodeScript.class));
      scores[i] = score(word, sentence, han.getOrDefault(word.sentence(), 0));
    }
    return likeliest(words, scores);
  }

  private double score(Word word, Set<UnicodeScript> sentence, int hanInSentence) {
    if (!target.scripts().contains(word.script())) {
      return -CERTAIN;
    }
    if (word.script() == UnicodeScript.HAN) {
      boolean kana =
          sentence.contains(UnicodeScript.HIRAGANA) || sentence.contains(UnicodeScript.KATAKANA);
      boolean japanese = target.scripts().contains(UnicodeScript.HIRAGANA);
      boolean foreign = japanese ? !kana && hanInSentence >= CHINESE_SENTENCE : kana;
      return foreign ? -CERTAIN : CERTAIN;
    }
    return evidence == null ? CERTAIN : evidence.of(word.text());
  }

  private static double changeCost(Word before, Word after) {
    boolean expected = before.sentence() != after.sentence() || before.script() != after.script();
    return expected ? CHANGE_BETWEEN : CHANGE_WITHIN;
  }

  /** The path with the highest sum: the score of each word in the wanted language, 0 in another. */
  private static boolean[] likeliest(List<Word> words, double[] scores) {
    int n = scores.length;
    boolean[][] changed = new boolean[n][2];
    double wanted = 0;
    double other = 0;
    for (int i = 0; i < n; i++) {
      double cost = i == 0 ? 0 : changeCost(words.get(i - 1), words.get(i));
      changed[i][0] = other - cost > wanted;
      changed[i][1] = wanted - cost > other;
      double nextWanted = Math.max(wanted, other - cost) + scores[i];
      other = Math.max(other, wanted - cost);
      wanted = nextWanted;
    }
    boolean[] foreign = new boolean[n];
    int state = other > wanted ? 1 : 0;
    for (int i = n - 1; i >= 0; i--) {
      foreign[i] = state == 1;
      if (changed[i][state]) {
        state = 1 - state;
      }
    }
    return foreign;
  }
}
