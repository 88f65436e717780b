package org.r1zero.verify.math;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.AnswerPiece.Kind;

/**
 * Takes an answer apart. Every character becomes a part of a piece: what is not known is {@link
 * Kind#OTHER}, nothing is dropped but white space, a pair of dollar signs, and commands of LaTeX
 * that only set type.
 */
final class AnswerPieces {

  private static final Pattern THOUSANDS =
      Pattern.compile(
          "(?<![\\d.,])\\d{1,3}(?:(?:\\{,\\}|,\\\\!|\\\\,|[\\u2009\\u202f\\u00a0])\\d{3}){1,30}+"
              + "(?!\\d)");
  private static final Pattern SEPARATOR =
      Pattern.compile("\\{,\\}|,\\\\!|\\\\,|[\\u2009\\u202f\\u00a0]");

  /** Commands that only set type; what they are given stays, in its braces. */
  private static final Pattern SETTING =
      Pattern.compile(
          "\\\\(?:text(?:bf|it|rm|sf|tt|normal)?|math(?:rm|bf|it|sf|tt)|boldsymbol|mbox|hbox|boxed"
              + "|fbox|left|right|bigg?[lr]?|displaystyle|quad|qquad)(?![A-Za-z])"
              + "|\\\\[,;:! ]|\\\\[()\\[\\]]");

  private static final Pattern DOLLARS = Pattern.compile("(\\${1,2})([^$]{1,500})\\1(?![\\d$])");
  private static final Pattern WRAPPED = Pattern.compile("([*_]{1,3})([^*_]+)\\1[.]?");
  private static final Pattern HALF_OF_DAY = Pattern.compile("\\b([ap])\\.\\s?m\\b\\.?");
  private static final Pattern POWER =
      Pattern.compile("\\^\\s?(?:\\{\\s?([-+]?\\d{1,3})\\s?\\}|([-+]?\\d{1,3}))(?!\\d)");
  private static final Pattern DEGREE =
      Pattern.compile("\\^\\s?(?:\\{\\s?\\\\circ\\s?\\}|\\\\circ)|\\\\degree|°");
  private static final Pattern WORD =
      Pattern.compile("\\p{L}(?:[\\p{L}\\p{M}\\d]|['’-](?=\\p{L}))*(?:_(?:\\{\\w{1,20}\\}|\\w))?");

  private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻";
  private static final String PLAIN = "0123456789+-";

  private final String text;
  private final boolean spelled;
  private final List<AnswerPiece> pieces = new ArrayList<>();
  private int at;
  private boolean spaced;

  private AnswerPieces(String text, boolean spelled) {
    this.text = text;
    this.spelled = spelled;
  }

  /**
   * The pieces in their order.
   *
   * @param spelled whether number words are numbers
   */
  static List<AnswerPiece> of(String answer, boolean spelled) {
    AnswerPieces reader = new AnswerPieces(plain(answer), spelled);
    reader.read();
    return reader.pieces;
  }

  /** With one way to write each sign, and without what only sets type. */
  private static String plain(String answer) {
    StringBuilder signs = new StringBuilder(answer.length());
    strippedOfMarks(answer).codePoints().forEach(c -> appendPlain(c, signs));
    String plain = signs.toString();
    Matcher thousands = THOUSANDS.matcher(plain);
    plain = thousands.replaceAll(found -> SEPARATOR.matcher(found.group()).replaceAll(","));
    plain = SETTING.matcher(plain).replaceAll(" ");
    plain = plain.replace("\\%", "%").replace("\\$", "€").replace("\\times", "×");
    plain = plain.replace("\\cdot", "×").replace("\\div", "÷");
    plain = DOLLARS.matcher(plain).replaceAll(" $2 ");
    plain = HALF_OF_DAY.matcher(plain).replaceAll("$1m");
    Matcher wrapped = WRAPPED.matcher(plain.strip());
    return wrapped.matches() ? wrapped.group(2) : plain.strip();
  }

  /** Without invisible format characters at its ends; inside, they have no place. */
  private static String strippedOfMarks(String answer) {
    int from = 0;
    int to = answer.length();
    while (from < to && isInvisible(answer.charAt(from))) {
      from++;
    }
    while (to > from && isInvisible(answer.charAt(to - 1))) {
      to--;
    }
    return answer.substring(from, to);
  }

  private static boolean isInvisible(char c) {
    return Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.getType(c) == Character.FORMAT;
  }

  private static void appendPlain(int c, StringBuilder plain) {
    int superscript = SUPERSCRIPTS.indexOf(c);
    if (superscript >= 0) {
      appendSuperscript(PLAIN.charAt(superscript), plain);
    } else if (c >= 0xFF01 && c <= 0xFF5E) {
      plain.append((char) (c - 0xFF01 + '!'));
    } else if (Character.getType(c) == Character.DASH_PUNCTUATION || "−➖˗﹣".indexOf(c) >= 0) {
      plain.append('-');
    } else if (c == '⁄' || c == '∕') {
      plain.append('/');
    } else if (c == '·' || c == '⋅' || c == '∙') {
      plain.append('×');
    } else if ("\u2009\u202f\u00a0".indexOf(c) >= 0) {
      plain.appendCodePoint(c);
    } else if (Character.getType(c) == Character.SPACE_SEPARATOR) {
      plain.append(' ');
    } else {
      String ratio = Normalizer.normalize(Character.toString(c), Normalizer.Form.NFKC);
      boolean vulgar = Character.getType(c) == Character.OTHER_NUMBER && ratio.indexOf('⁄') > 0;
      plain.append(vulgar ? " " + ratio.replace('⁄', '/') : Character.toString(c));
    }
  }

  private static void appendSuperscript(char sign, StringBuilder plain) {
    int end = plain.length() - 1;
    int open = plain.lastIndexOf("^{");
    if (open >= 0 && plain.charAt(end) == '}' && isExponent(plain, open + 2, end)) {
      plain.setLength(end);
      plain.append(sign).append('}');
    } else {
      plain.append("^{").append(sign).append('}');
    }
  }

  private static boolean isExponent(StringBuilder plain, int from, int to) {
    for (int i = from; i < to; i++) {
      if (PLAIN.indexOf(plain.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  private void read() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        spaced = true;
        at++;
        continue;
      }
      if (!number() && !matched(DEGREE, Kind.DEGREE) && !power() && !word()) {
        sign(c);
      }
      spaced = false;
    }
  }

  private boolean number() {
    char c = text.charAt(at);
    boolean digit = isDigit(c) || (c == '.' && at + 1 < text.length() && isDigit(charAt(at + 1)));
    if (!digit && !text.startsWith("frac", at + 1) && !text.startsWith("frac", at + 2)) {
      return false;
    }
    boolean glued = at > 0 && (isDigit(charAt(at - 1)) || charAt(at - 1) == '_');
    NumberForm form = glued ? null : NumberForm.at(text, at);
    if (form == null) {
      return false;
    }
    add(Kind.NUMBER, form.end(), form.value());
    return true;
  }

  private boolean power() {
    Matcher matcher = POWER.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      return false;
    }
    String power = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    add(Kind.POWER, matcher.end(), new BigFraction(Integer.parseInt(power)));
    return true;
  }

  private boolean matched(Pattern pattern, Kind kind) {
    Matcher matcher = pattern.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      return false;
    }
    add(kind, matcher.end(), null);
    return true;
  }

  private boolean word() {
    Matcher matcher = WORD.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      return false;
    }
    String word = matcher.group();
    if (spelled && NumberWords.isPart(word.split("-", 2)[0]) && spelled(word)) {
      return true;
    }
    boolean name =
        word.codePoints().anyMatch(c -> Character.isDigit(c) || c == '_')
            || word.codePointCount(0, word.length()) == 1;
    add(name ? Kind.NAME : Kind.WORD, matcher.end(), null);
    return true;
  }

  /** The longest row of words from here that is one number. */
  private boolean spelled(String first) {
    int end = -1;
    String digits = null;
    int to = at + first.length();
    for (int words = 0; words < 12; words++) {
      String found = NumberWords.digits(text.substring(at, to).toLowerCase(Locale.ROOT));
      if (found != null) {
        end = to;
        digits = found;
      }
      if (to >= text.length() || text.charAt(to) != ' ') {
        break;
      }
      Matcher next = WORD.matcher(text).region(to + 1, text.length());
      if (!next.lookingAt()) {
        break;
      }
      to = next.end();
    }
    if (digits == null) {
      return false;
    }
    add(Kind.SPELLED, end, new BigFraction(new java.math.BigInteger(digits)));
    return true;
  }

  private void sign(char c) {
    int end = at + 1;
    Kind kind =
        switch (c) {
          case '-' -> Kind.DASH;
          case '+' -> Kind.PLUS;
          case '$', '€', '£', '¥', '₹', '¢' -> Kind.CURRENCY;
          case '%', '٪' -> Kind.PERCENT;
          case '/', '×', '÷' -> Kind.OPERATOR;
          case '(', '{' -> Kind.OPEN;
          case ')', '}' -> Kind.CLOSE;
          case '.' -> Kind.POINT;
          case ',', ';' -> Kind.COMMA;
          case ':' -> Kind.COLON;
          case '!' -> Kind.BANG;
          case '"', '“', '”', '`' -> Kind.MARK;
          case '=' -> Kind.EQUALS;
          case '*' -> {
            boolean bold = text.startsWith("**", at);
            end = bold ? at + 2 : end;
            yield bold ? Kind.MARK : Kind.OPERATOR;
          }
          case '~' -> {
            // A space that does not break, where a unit follows a number; "about" elsewhere.
            boolean space = at > 0 && at + 1 < text.length() && !isDigit(charAt(at + 1));
            yield space && !pieces.isEmpty() && pieces.get(pieces.size() - 1).isNumber()
                ? Kind.MARK
                : Kind.OTHER;
          }
          default -> Kind.OTHER;
        };
    add(kind, Character.isHighSurrogate(c) && end < text.length() ? end + 1 : end, null);
  }

  private void add(Kind kind, int end, @Nullable BigFraction value) {
    pieces.add(new AnswerPiece(kind, text.substring(at, end), spaced, value));
    at = end;
  }

  private char charAt(int index) {
    return text.charAt(index);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
