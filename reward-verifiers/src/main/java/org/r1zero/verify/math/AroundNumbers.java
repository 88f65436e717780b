package org.r1zero.verify.math;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which words may stand around the number of an answer. What is counted can be any plain word; what
 * makes the number another one, or less than an answer, can not.
 */
final class AroundNumbers {

  /** Say that the number is not the answer. */
  private static final String DENIES =
      "not no never neither nor none non without except excluding but cannot wrong incorrect false"
          + " unlike instead rather anything unknown undefined";

  /** Say that the answer is some number near it, or on one side of it. */
  private static final String HEDGES =
      "about around approximately approx roughly nearly almost circa ca near close maybe perhaps"
          + " probably possibly likely guess guessing think believe suppose assume estimate estimated"
          + " estimates unsure uncertain or either versus vs alternatively than least most minimum"
          + " maximum max below above under beyond within between exceed exceeds exceeding several"
          + " hardly barely ish whether if unless";

  /** Make another number of it, or name one. */
  private static final String CALCULATES =
      "plus minus multiplied divided subtracted half halves halved twice thrice double doubled triple"
          + " tripled quadruple quadrupled squared cubed root sqrt power exponent factorial log ln sin"
          + " cos tan exp mod modulo choose base reciprocal inverse repeating recurring itself"
          + " infinity pi quarter third fourth fifth sixth seventh eighth ninth tenth tenths"
          + " hundredths thousandths st nd rd th dozen dozens gross lakh lakhs crore crores hundreds"
          + " thousands millions billions trillion trillions bn tn mn mio mil mille tausend"
          + " millones hundred thousand million billion squares cubes negative";

  private static final Set<String> REFUSED = words(DENIES + " " + HEDGES + " " + CALCULATES);

  /** What may stand directly before a number. */
  private static final Set<String> LEADS =
      words(
          "is are was were be been being am equals equal answer result total value sum number count"
              + " has have had having get gets got need needs needed require requires required"
              + " want wants cost costs pay pays paid spend spends spent take takes took make makes"
              + " made earn earns earned save saves saved sell sells sold buy buys bought read reads"
              + " eat eats ate use uses used receive receives received give gives gave leave leaves"
              + " left leaving weigh weighs weighed score scores scored collect collects collected"
              + " pick picks picked see sees saw lose loses lost catch catches caught run runs ran"
              + " keep keeps kept drink drinks drank walk walks walked win wins won find finds found"
              + " travel travels traveled travelled drive drives drove jump jumps jumped contain"
              + " contains contained become becomes became send sends sent plant plants planted"
              + " carry carries carried raise raises raised produce produces produced bake bakes"
              + " baked bring brings brought write writes wrote work works worked owe owes owed"
              + " charge charges charged hold holds held fill fills filled charge raise donate"
              + " donated deliver delivers delivered play plays played watch watches watched share"
              + " go goes went do does did there exactly only just still now then so therefore thus"
              + " hence another additional extra remaining a an the for in at with approximates"
              + " totaling totalling averages average that's it's he's she's");

  /** What may be of so much. */
  private static final Set<String> AMOUNTS =
      words(
          "total cost price amount average profit distance length weight height width area volume"
              + " age speed rate income bill change group savings value discount balance answer"
              + " result perimeter salary budget score sum");

  /** After these, what comes to a number. */
  private static final Set<String> COME_TO =
      words("comes come amounts amount equal equals total totals totalled totaled up");

  private static final Set<String> ADD_UP = words("add adds added adding sum sums");

  /** Units of one letter. */
  private static final Set<String> LETTERS = words("m g s h l L V W A J N C F");

  /** Units that may touch their number. */
  private static final Set<String> UNITS =
      words(
          "mm cm dm km mg kg ml mL cl dl ft in yd mi lb lbs oz mph kmh kph hr hrs min mins sec secs"
              + " am pm kWh kw kW Hz Pa GB MB KB USD EUR GBP INR JPY CNY percent");

  private static final Set<String> CURRENCIES = words("USD EUR GBP INR JPY CNY US Rs");

  /** What says nothing where nothing follows. */
  private static final Set<String> DANGLING =
      words("of to per and with by from the a an for at as on into over times");

  private static final Pattern PLAIN =
      Pattern.compile("\\p{IsLatin}(?:[\\p{IsLatin}\\p{M}]|['’-](?=\\p{L}))*");

  private AroundNumbers() {}

  /** Whether a word may stand beside a number without making another of it. */
  static boolean isPlain(String word) {
    if (!PLAIN.matcher(word).matches()) {
      return false;
    }
    for (String part : lower(word).split("-")) {
      if (REFUSED.contains(part) || part.endsWith("n't") || part.endsWith("n’t")) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether it may stand directly before a number, {@code before} being the two words before it.
   */
  static boolean leads(String word, String before, String first) {
    String lower = lower(word);
    if (lower.equals("of")) {
      return AMOUNTS.contains(lower(before));
    }
    if (lower.equals("to")) {
      return COME_TO.contains(lower(before))
          && (!lower(before).equals("up") || ADD_UP.contains(lower(first)));
    }
    return LEADS.contains(lower);
  }

  /** Whether a name of one letter, or of letters and digits, is a unit. */
  static boolean isUnit(String name) {
    return LETTERS.contains(name) || UNITS.contains(name);
  }

  static boolean isCurrency(String word) {
    return CURRENCIES.contains(word);
  }

  static boolean isDangling(String word) {
    return DANGLING.contains(lower(word));
  }

  private static String lower(String word) {
    return word.toLowerCase(Locale.ROOT);
  }

  private static Set<String> words(String list) {
    return Set.copyOf(java.util.List.of(list.split(" ")));
  }
}
