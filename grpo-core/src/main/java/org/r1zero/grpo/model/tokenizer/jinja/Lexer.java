package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a template into tokens, white space trimmed as Jinja does with transformers' settings. */
final class Lexer {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s+"
              + "|(?<float>\\d[\\d_]*(?:\\.\\d+(?:[eE][+-]?\\d+)?|[eE][+-]?\\d+))"
              + "|(?<int>\\d[\\d_]*)"
              + "|(?<name>[\\p{L}_][\\p{L}\\p{N}_]*)"
              + "|(?<string>'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\")"
              + "|(?<op>//|\\*\\*|==|!=|<=|>=|[-+*/%~<>=()\\[\\]{}.,:|])",
          Pattern.DOTALL | Pattern.UNICODE_CHARACTER_CLASS);
  private static final Map<Character, String> ESCAPES =
      Map.ofEntries(
          Map.entry('n', "\n"),
          Map.entry('r', "\r"),
          Map.entry('t', "\t"),
          Map.entry('b', "\b"),
          Map.entry('f', "\f"),
          Map.entry('a', "\u0007"),
          Map.entry('v', "\u000b"),
          Map.entry('0', "\0"),
          Map.entry('\\', "\\"),
          Map.entry('\'', "'"),
          Map.entry('"', "\""),
          Map.entry('\n', ""));
  private static final Pattern ENDRAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%}");
  private static final Pattern RAW = Pattern.compile("\\{%[-+]?\\s*raw\\s*([-+]?)%}");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int counted;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String source) {
    String lines = source.replace("\r\n", "\n").replace('\r', '\n');
    Lexer lexer = new Lexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    boolean lineStarts = true;
    while (at < source.length()) {
      int open = nextOpening();
      String text = source.substring(at, open);
      boolean marked = open + 2 < source.length();
      char sign = marked ? source.charAt(open + 2) : ' ';
      if (open < source.length()) {
        text = trimBefore(text, source.charAt(open + 1), sign, lineStarts);
      }
      if (!text.isEmpty()) {
        add(Token.Kind.TEXT, text, at);
      }
      at = open;
      if (open < source.length()) {
        readTag(sign);
      }
      lineStarts = at > 0 && source.charAt(at - 1) == '\n';
    }
    add(Token.Kind.EOF, "the end of the template", at);
  }

  private int nextOpening() {
    int from = at;
    while (true) {
      int open = source.indexOf('{', from);
      if (open < 0 || open + 1 >= source.length()) {
        return source.length();
      }
      if ("{%#".indexOf(source.charAt(open + 1)) >= 0) {
        return open;
      }
      from = open + 1;
    }
  }

  /** {@code lstrip_blocks}: blanks before a tag that begins its line go; before {@code -} all. */
  private static String trimBefore(String text, char kind, char sign, boolean lineStarts) {
    if (sign == '-') {
      return StringMethods.rstrip(text);
    }
    int start = text.lastIndexOf('\n') + 1;
    boolean strips = kind != '{' && sign != '+' && (start > 0 || lineStarts);
    return strips && text.substring(start).isBlank() ? text.substring(0, start) : text;
  }

  private void readTag(char sign) {
    char kind = source.charAt(at + 1);
    int begin = at;
    if (kind == '#') {
      int end = source.indexOf("#}", at + 2);
      if (end < 0) {
        throw failure("a comment has no end", begin);
      }
      at = end + 2;
      trimAfter(source.charAt(end - 1), true);
      return;
    }
    Matcher raw = RAW.matcher(source).region(at, source.length());
    if (kind == '%' && raw.lookingAt()) {
      readRaw(raw);
      return;
    }
    add(kind == '{' ? Token.Kind.PRINT : Token.Kind.STATEMENT, "{" + kind, begin);
    at += sign == '-' || sign == '+' ? 3 : 2;
    readExpression(kind == '{' ? "}}" : "%}");
  }

  private void readRaw(Matcher open) {
    int begin = open.end();
    Matcher end = ENDRAW.matcher(source);
    if (!end.find(begin)) {
      throw failure("a raw block has no end", at);
    }
    at = begin;
    trimAfter(open.group(1).isEmpty() ? ' ' : open.group(1).charAt(0), true);
    String text = source.substring(Math.min(at, end.start()), end.start());
    if (end.group(1).equals("-")) {
      text = StringMethods.rstrip(text);
    }
    add(Token.Kind.TEXT, text, at);
    at = end.end();
    trimAfter(end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0), true);
  }

  /** {@code trim_blocks}: the line end after a statement goes; after {@code -} all blanks. */
  private void trimAfter(char sign, boolean trimsLine) {
    if (sign == '-') {
      while (at < source.length() && StringMethods.isSpace(source.charAt(at))) {
        at++;
      }
    } else if (trimsLine && sign != '+' && at < source.length() && source.charAt(at) == '\n') {
      at++;
    }
  }

  private void readExpression(String end) {
    Deque<Character> brackets = new ArrayDeque<>();
    Matcher matcher = TOKEN.matcher(source);
    int begin = at;
    while (at < source.length()) {
      if (brackets.isEmpty() && atEnd(end)) {
        return;
      }
      matcher.region(at, source.length());
      if (!matcher.lookingAt()) {
        throw failure("unexpected character '" + source.charAt(at) + "'", at);
      }
      addMatch(matcher, brackets);
      at = matcher.end();
    }
    throw failure("'" + end + "' is missing", begin);
  }

  private boolean atEnd(String end) {
    char sign = source.charAt(at);
    int skip = (sign == '-' || sign == '+') && source.startsWith(end, at + 1) ? 1 : 0;
    if (!source.startsWith(end, at + skip)) {
      return false;
    }
    add(Token.Kind.END, end, at);
    at += skip + 2;
    trimAfter(skip == 1 ? sign : ' ', end.equals("%}"));
    return true;
  }

  private void addMatch(Matcher matcher, Deque<Character> brackets) {
    String text = matcher.group();
    if (matcher.group("op") != null) {
      if ("([{".contains(text)) {
        brackets.push(text.charAt(0));
      } else if (")]}".contains(text)) {
        if (brackets.isEmpty() || "([{".indexOf(brackets.pop()) != ")]}".indexOf(text)) {
          throw failure("unexpected '" + text + "'", at);
        }
      }
      add(Token.Kind.OPERATOR, text, at);
    } else if (matcher.group("name") != null) {
      add(Token.Kind.NAME, text, at);
    } else if (matcher.group("string") != null) {
      add(Token.Kind.STRING, unescape(text.substring(1, text.length() - 1)), at);
    } else if (matcher.group("float") != null) {
      add(Token.Kind.FLOAT, text.replace("_", ""), at);
    } else if (matcher.group("int") != null) {
      add(Token.Kind.INTEGER, text.replace("_", ""), at);
    }
  }

  /** Python's escapes; a backslash before any other character stays. */
  private static String unescape(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\' || i + 1 == text.length()) {
        out.append(c);
        continue;
      }
      char escaped = text.charAt(++i);
      int digits = escaped == 'x' ? 2 : escaped == 'u' ? 4 : escaped == 'U' ? 8 : 0;
      String plain = ESCAPES.get(escaped);
      if (plain != null) {
        out.append(plain);
      } else if (digits > 0 && i + digits < text.length()) {
        out.appendCodePoint(Integer.parseInt(text.substring(i + 1, i + 1 + digits), 16));
        i += digits;
      } else {
        out.append('\\').append(escaped);
      }
    }
    return out.toString();
  }

  private void add(Token.Kind kind, String text, int position) {
    tokens.add(new Token(kind, text, lineAt(position)));
  }

  private int lineAt(int position) {
    for (; counted < position; counted++) {
      if (source.charAt(counted) == '\n') {
        line++;
      }
    }
    return line;
  }

  private JinjaException failure(String fault, int position) {
    return new JinjaException("line " + lineAt(position) + ": " + fault);
  }
}
