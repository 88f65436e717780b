package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.List;

/** Tokens, read one after another. */
final class TokenStream {
  private final List<Token> tokens;
  private int at;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return peek(0);
  }

  /** The token {@code ahead} places further; the last one beyond the end. */
  Token peek(int ahead) {
    return tokens.get(Math.min(at + ahead, tokens.size() - 1));
  }

  Token next() {
    Token token = peek();
    at++;
    return token;
  }

  boolean atName(String name) {
    return peek().is(Token.Kind.NAME, name);
  }

  /** Reads an operator if it is the next token. */
  boolean skip(String operator) {
    boolean there = peek().is(Token.Kind.OPERATOR, operator);
    at += there ? 1 : 0;
    return there;
  }

  /** Reads a name if it is the next token. */
  boolean skipName(String name) {
    boolean there = atName(name);
    at += there ? 1 : 0;
    return there;
  }

  Token expect(Token.Kind kind) {
    if (peek().kind() != kind) {
      throw unexpected();
    }
    return next();
  }

  void expect(String operator) {
    if (!skip(operator)) {
      throw missing(operator);
    }
  }

  void expectName(String name) {
    if (!skipName(name)) {
      throw missing(name);
    }
  }

  private JinjaException missing(String text) {
    return new JinjaException(
        "line " + peek().line() + ": expected '" + text + "', found '" + peek().text() + "'");
  }

  /** Reads elements with commas between, up to a closing bracket. */
  void readList(String end, Runnable readElement) {
    while (!skip(end)) {
      readElement.run();
      if (!peek().is(Token.Kind.OPERATOR, end)) {
        expect(",");
      }
    }
  }

  JinjaException unexpected() {
    return new JinjaException("line " + peek().line() + ": unexpected '" + peek().text() + "'");
  }
}
