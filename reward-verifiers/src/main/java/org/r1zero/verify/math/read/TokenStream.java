package org.r1zero.verify.math.read;

import java.util.ArrayList;
import java.util.List;
import org.r1zero.verify.math.expr.ParseException;

/** A place in a list of tokens, and how deeply nested it is. */
public final class TokenStream {

  /** Deeper nesting is not an answer, and would exhaust the stack. */
  private static final int MAX_DEPTH = 60;

  private final List<Token> tokens;
  private int at;
  private int depth;

  /** How many {@code |} are open in the innermost bracket. */
  int openBars;

  /** How many environments are open. */
  int environments;

  /** How many signs of degrees were read. */
  int degrees;

  TokenStream(List<Token> tokens) {
    this.tokens = new ArrayList<>(tokens);
  }

  Token peek() {
    return tokens.get(at);
  }

  /** The token {@code ahead} of the next one; the END beyond the end. */
  Token peek(int ahead) {
    return tokens.get(Math.min(at + ahead, tokens.size() - 1));
  }

  /** The token before the next one. */
  Token previous() {
    return tokens.get(Math.max(0, at - 1));
  }

  Token take() {
    Token token = tokens.get(at);
    at = Math.min(at + 1, tokens.size() - 1);
    return token;
  }

  boolean nextIs(Token.Kind kind) {
    return peek().kind() == kind;
  }

  boolean nextIs(Token.Kind kind, String text) {
    return peek().is(kind, text);
  }

  boolean takeIf(Token.Kind kind, String text) {
    if (nextIs(kind, text)) {
      take();
      return true;
    }
    return false;
  }

  void expect(Token.Kind kind, String text) throws ParseException {
    if (!takeIf(kind, text)) {
      throw new ParseException("expected " + text + ", found " + peek().text());
    }
  }

  int position() {
    return at;
  }

  void backTo(int position) {
    at = position;
  }

  /** Replaces the next token by others, as where {@code \frac12} needs one digit at a time. */
  void replaceNext(List<Token> others) {
    tokens.remove(at);
    tokens.addAll(at, others);
  }

  /** Replaces the next word by its letters. */
  void splitWord() {
    List<Token> letters =
        peek()
            .text()
            .chars()
            .mapToObj(c -> new Token(Token.Kind.LETTER, Character.toString(c), null, false))
            .toList();
    replaceNext(letters);
  }

  void enter() throws ParseException {
    if (++depth > MAX_DEPTH) {
      throw new ParseException("nested deeper than " + MAX_DEPTH);
    }
  }

  void leave() {
    depth--;
  }
}
