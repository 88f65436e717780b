package org.r1zero.experiment.evaluate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.verify.AnswerVerifier;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.Verifiers;
import org.r1zero.verify.language.LanguageConsistencyVerifier;
import org.r1zero.verify.reward.RewardEntry;

/**
 * What an evaluation asks besides the recipe's rewards: which answers are the same, and how
 * readable a completion is. Readability is judged by the same verifiers with the same options
 * whatever the rewards are, so that arms with other rewards can be compared.
 */
public final class Judges {
  /** Before the names of the readability verdicts. */
  public static final String PREFIX = "readability/";

  /** Reading language models takes seconds: once a process for each language. */
  private static final Map<String, Verifier> LANGUAGES = new ConcurrentHashMap<>();

  private final @Nullable AnswerVerifier voting;
  private final Map<String, Verifier> readability;

  private Judges(@Nullable AnswerVerifier voting, Map<String, Verifier> readability) {
    this.voting = voting;
    this.readability = readability;
  }

  /** Makes what a recipe's evaluation asks for. */
  public static Judges of(Recipe recipe) {
    Verifiers known = Verifiers.discover(recipe.scoring().pluginFolders());
    RewardEntry accuracy = recipe.rewards().get(0);
    AnswerVerifier voting = null;
    Verifier first = known.create(accuracy.verifier(), accuracy.options());
    if (first instanceof AnswerVerifier answers) {
      voting = answers;
    } else if (first instanceof AutoCloseable closeable) {
      close(closeable);
    }
    Map<String, Verifier> readability = new LinkedHashMap<>();
    if (recipe.evaluation().readability()) {
      String code = recipe.evaluation().language();
      readability.put("language", LANGUAGES.computeIfAbsent(code, Judges::language));
      readability.put("repetition", known.create("repetition", options()));
      readability.put("format", known.create("format", formatOptions(recipe)));
    }
    return new Judges(voting, readability);
  }

  /** The readability verdicts, by their names with {@link #PREFIX}. */
  Map<String, Verdict> readability(Problem problem, Completion completion) {
    Map<String, Verdict> verdicts = new LinkedHashMap<>();
    readability.forEach(
        (name, verifier) -> verdicts.put(PREFIX + name, verifier.verify(problem, completion)));
    return verdicts;
  }

  /**
   * What each of a problem's completions votes for.
   *
   * @return for each an answer and its number, or no answer and -1
   */
  List<Vote> votes(List<Completion> completions) {
    List<String> different = new ArrayList<>();
    List<Vote> votes = new ArrayList<>();
    for (Completion completion : completions) {
      String answer = voting == null ? null : voting.answer(completion).orElse(null);
      votes.add(new Vote(answer, answer == null ? -1 : number(answer, different)));
    }
    return votes;
  }

  /**
   * An answer.
   *
   * @param answer as text, {@code null} where there is none
   * @param number among the different answers, -1 where there is none
   */
  record Vote(@Nullable String answer, int number) {}

  private int number(String answer, List<String> different) {
    int exact = different.indexOf(answer);
    if (exact >= 0 || voting == null) {
      return exact;
    }
    for (int i = 0; i < different.size(); i++) {
      if (voting.equivalent(different.get(i), answer)) {
        return i;
      }
    }
    different.add(answer);
    return different.size() - 1;
  }

  /** The verifier that readability judges languages by; made once a process. */
  public static LanguageConsistencyVerifier languageOf(String code) {
    return (LanguageConsistencyVerifier) LANGUAGES.computeIfAbsent(code, Judges::language);
  }

  private static Verifier language(String code) {
    ObjectNode options = options();
    options.put("language", code);
    return Verifiers.discover().create("language", options);
  }

  /** The tags that the recipe's own format reward asks for, strictly. */
  private static ObjectNode formatOptions(Recipe recipe) {
    ObjectNode options = options();
    for (RewardEntry entry : recipe.rewards()) {
      if (entry.verifier().equals("format") && entry.options().has("format")) {
        options.set("format", entry.options().get("format"));
      }
    }
    return options.put("mode", "strict");
  }

  private static ObjectNode options() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new IllegalStateException("a verifier can't be closed", e);
    }
  }
}
