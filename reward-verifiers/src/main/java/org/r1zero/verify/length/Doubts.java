package org.r1zero.verify.length;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Sentences that only doubt, and the words before a sentence that add nothing to it. */
final class Doubts {

  /** In English, Spanish, French, German, Italian, Portuguese and Russian; tokens, one space. */
  private static final Pattern DOUBT =
      Pattern.compile(
          "^(?:oh |no |but |um+ |uh+ )*(?:wait|hmm+|hold on|espera|espere|un momento|attends|attendez"
              + "|warte|moment mal|aspetta|подожди|подождите|стоп)\\b"
              + "|\\blet(?: me|'s| us|’s) (?:just |now |quickly )?(?:think (?:again|twice|once more|about (?:it|this|that) (?:again|once more))|re ?check|double check|re ?think"
              + "|re ?consider|re ?verify|re ?do|start over|try (?:that |this |it )?again"
              + "|go (?:over|through|back)|(?:check|verify|look|count|see|do|calculate|compute)"
              + "(?: at)?(?: that| this| it)? (?:again|once more|one more time))\\b"
              + "|\\b(?:is|was) (?:that|this|it) (?:really )?(?:right|correct|true)\\b"
              + "|\\b(?:i am|i'm|i’m) not (?:really |quite |so )?(?:sure|certain)\\b"
              + "|\\b(?:i will|i'll|let me) do (?:it|that|this) again\\b"
              + "|\\b(?:am i|did i) (?:sure|right|wrong|miss|make a mistake)\\b"
              + "|\\bvoy a (?:mirar|comprobar|revisar|contar) otra vez\\b|\\bno estoy segur"
              + "|\\b(?:je regarde|je vérifie|je recompte) encore\\b|\\bpas (?:sûre?|certaine?)\\b"
              + "|\\brechne (?:ich )?noch ?(?:ein)?mal\\b|\\bnicht (?:ganz )?sicher\\b"
              + "|\\bnon (?:ne )?sono sicur|\\bnão tenho certeza|\\bещ[её] раз\\b");

  /** The same in Chinese, Japanese and Korean, without spaces. */
  private static final Pattern DOUBT_UNSPACED =
      Pattern.compile("^等等|^等一下|再算一[次遍]|再检查|再想[一想]|不确定|^待って|^ちょっと待|もう一度|^잠깐");

  private static final Set<String> OPENINGS =
      Set.of(
          ("wait hmm so then next now okay ok and but well again yes no first actually "
                  + "thus therefore hence finally right oh")
              .split(" "));

  private Doubts() {}

  /** Whether a sentence is a doubt and nothing else: it has no number. */
  static boolean isDoubt(List<String> sentence) {
    if (sentence.stream().anyMatch(Doubts::isNumber)) {
      return false;
    }
    String spoken = String.join(" ", sentence).replace(" - ", " "); // double-check
    return DOUBT.matcher(spoken).find() || DOUBT_UNSPACED.matcher(String.join("", sentence)).find();
  }

  /** The sentence without the words before it that add nothing. */
  static List<String> core(List<String> sentence) {
    int start = 0;
    while (start < sentence.size() && OPENINGS.contains(sentence.get(start))) {
      start++;
    }
    return sentence.subList(start, sentence.size());
  }

  private static boolean isNumber(String token) {
    return Character.isDigit(token.codePointAt(0));
  }
}
