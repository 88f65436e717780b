package org.r1zero.experiment.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.prompt.Conversation;
import org.r1zero.grpo.model.tokenizer.Message;
import org.r1zero.rollout.Texts;
import org.r1zero.verify.Problem;

/**
 * Shortens what is asked, from its beginning, until the prompt has no more tokens than allowed.
 * What the template puts around it, and a system message, stay whole.
 */
final class PromptCut {
  private PromptCut() {}

  /** The problem with less to read; {@code null} where even an empty question does not fit. */
  static @Nullable Problem toFit(Problem problem, Texts texts, int limit) {
    List<Message> turns = new ArrayList<>(Conversation.of(problem));
    int first = turns.get(0).role().equals("user") ? 0 : 1;
    Problem shorter = problem;
    while (tokens(shorter, texts) > limit) {
      if (turns.size() - 1 <= first) {
        return cutQuestion(problem, turns, texts, limit);
      }
      turns.remove(first);
      while (turns.size() - 1 > first && !turns.get(first).role().equals("user")) {
        turns.remove(first); // an answer goes with its question
      }
      shorter = with(problem, turns, problem.question());
    }
    return shorter;
  }

  /** By halving: how much must go for the rest to fit. */
  private static @Nullable Problem cutQuestion(
      Problem problem, List<Message> turns, Texts texts, int limit) {
    int[] letters = problem.question().codePoints().toArray();
    int tooFew = 0;
    int enough = letters.length;
    while (enough - tooFew > 1) {
      int middle = (tooFew + enough) >>> 1;
      if (tokens(without(problem, turns, letters, middle), texts) > limit) {
        tooFew = middle;
      } else {
        enough = middle;
      }
    }
    return enough >= letters.length ? null : without(problem, turns, letters, enough);
  }

  private static Problem without(Problem problem, List<Message> turns, int[] letters, int cut) {
    return with(problem, turns, new String(letters, cut, letters.length - cut));
  }

  private static Problem with(Problem problem, List<Message> turns, String question) {
    ObjectNode data = problem.data().deepCopy();
    data.remove(Conversation.FIELD);
    List<Message> all = new ArrayList<>(turns.subList(0, turns.size() - 1));
    all.add(new Message(turns.get(turns.size() - 1).role(), question));
    if (all.size() > 1) {
      data.set(Conversation.FIELD, Conversation.toJson(all));
    }
    return new Problem(problem.id(), question, problem.gold(), data);
  }

  private static int tokens(Problem problem, Texts texts) {
    return texts.encode(texts.renderer().render(problem)).length;
  }
}
