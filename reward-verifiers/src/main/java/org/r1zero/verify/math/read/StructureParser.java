package org.r1zero.verify.math.read;

import java.util.ArrayList;
import java.util.List;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Matrices;
import org.r1zero.verify.math.expr.Op;
import org.r1zero.verify.math.expr.ParseException;

/** Reads LaTeX commands with arguments and environments. */
public final class StructureParser {

  private final TokenStream in;
  private final AnswerParser answers;
  private final TermParser terms;
  private final AtomParser atoms;
  private final CalculusReader calculus;

  StructureParser(TokenStream in, AnswerParser answers, TermParser terms, AtomParser atoms) {
    this.in = in;
    this.answers = answers;
    this.terms = terms;
    this.atoms = atoms;
    this.calculus = new CalculusReader(in, terms, atoms);
  }

  Expr read(String command) throws ParseException {
    return switch (command) {
      case "frac" -> fraction();
      case "sqrt" -> root();
      case "binom" -> Expr.Call.of(Op.BINOMIAL, argument(), argument());
      case "overline", "bar", "underline", "hat", "vec", "tilde", "overrightarrow", "widehat" ->
          accent(command);
      case "boxed", "fbox" -> inBraces();
      case "variable" -> new Expr.Name(variable());
      case "begin" -> environment();
      case "sum" -> calculus.series(Op.SUM);
      case "prod" -> calculus.series(Op.PRODUCT);
      case "int" -> calculus.integral();
      case "lim" -> calculus.limit();
      case "pmod" -> Expr.Call.of(Op.MOD, argument());
      default -> throw new ParseException("unexpected \\" + command);
    };
  }

  private Expr fraction() throws ParseException {
    if (calculus.startsDerivative()) {
      return calculus.derivative();
    }
    Expr numerator = argument();
    return Expr.Call.of(Op.DIVIDE, numerator, argument());
  }

  private Expr root() throws ParseException {
    Expr index = null;
    if (in.nextIs(Token.Kind.OPEN, "[")) {
      in.take();
      index = terms.sum();
      in.expect(Token.Kind.CLOSE, "]");
    }
    Expr radicand = argument();
    return index == null
        ? Expr.Call.of(Op.ROOT, radicand, Expr.Num.of(2))
        : Expr.Call.of(Op.ROOT, radicand, index);
  }

  /** One argument: braces, brackets, or a single digit or letter. */
  private Expr argument() throws ParseException {
    if (in.nextIs(Token.Kind.OPEN, "{")) {
      return inBraces();
    }
    Token next = in.peek();
    boolean digits =
        next.kind() == Token.Kind.NUMBER
            && next.text().length() > 1
            && next.text().chars().allMatch(Character::isDigit);
    if (digits) {
      List<Token> split = new ArrayList<>();
      split.add(digits(next.text().substring(0, 1), next.spaced()));
      split.add(digits(next.text().substring(1), false));
      in.replaceNext(split);
    }
    if (in.nextIs(Token.Kind.WORD)) {
      // \frac ab: the letters are two arguments.
      in.splitWord();
    }
    return atoms.atom();
  }

  private static Token digits(String digits, boolean spaced) throws ParseException {
    return new Token(
        Token.Kind.NUMBER,
        digits,
        NumberScanner.scan(digits, 0, ReadingRules.USUAL).value(),
        spaced);
  }

  private Expr inBraces() throws ParseException {
    in.expect(Token.Kind.OPEN, "{");
    int bars = in.openBars;
    in.openBars = 0;
    Expr inside = answers.list();
    in.openBars = bars;
    in.expect(Token.Kind.CLOSE, "}");
    return inside;
  }

  /** {@code \overline{AB}} is a name of its own. */
  private Expr accent(String command) throws ParseException {
    int from = in.position();
    if (in.nextIs(Token.Kind.OPEN, "{")) {
      in.take();
      int depth = 1;
      while (depth > 0 && !in.nextIs(Token.Kind.END)) {
        Token token = in.take();
        depth += token.kind() == Token.Kind.OPEN ? 1 : token.kind() == Token.Kind.CLOSE ? -1 : 0;
      }
    } else {
      in.take();
    }
    StringBuilder name = new StringBuilder(command.equals("overline") ? "bar" : command);
    int to = in.position();
    in.backTo(from);
    while (in.position() < to) {
      String part = in.take().text();
      name.append(part.equals("{") || part.equals("}") ? "" : part);
    }
    if (in.takeIf(Token.Kind.OPERATOR, "_")) {
      name.append('_').append(atoms.subscript());
    }
    return new Expr.Name(name.toString());
  }

  private String variable() throws ParseException {
    if (!in.nextIs(Token.Kind.OPEN, "{")) {
      throw new ParseException("a variable without its name");
    }
    String name = atoms.subscript();
    if (name.startsWith("_") || name.endsWith("_")) {
      throw new ParseException("a variable without its name");
    }
    return name;
  }

  private Expr environment() throws ParseException {
    String name = environmentName();
    if (name.equals("array")) {
      if (in.nextIs(Token.Kind.OPEN, "{")) {
        atoms.subscript();
      }
    }
    List<List<Expr>> rows = new ArrayList<>();
    List<Expr> row = new ArrayList<>();
    int bars = in.openBars;
    in.openBars = 0;
    in.environments++;
    while (!in.nextIs(Token.Kind.STRUCTURE, "end")) {
      if (in.nextIs(Token.Kind.END)) {
        throw new ParseException("an environment that is never closed");
      }
      if (in.takeIf(Token.Kind.SEPARATOR, "\\\\")) {
        addRow(rows, row);
        row = new ArrayList<>();
      } else if (in.nextIs(Token.Kind.CELL) || in.nextIs(Token.Kind.SEPARATOR)) {
        in.take();
      } else {
        row.add(name.contains("matrix") || name.equals("array") ? cell() : answers.statement());
      }
    }
    addRow(rows, row);
    in.openBars = bars;
    in.environments--;
    in.take();
    environmentName();
    return environment(name, rows);
  }

  /** Cells have no relations, so that an ampersand ends them. */
  private Expr cell() throws ParseException {
    return terms.sum();
  }

  private static void addRow(List<List<Expr>> rows, List<Expr> row) {
    if (!row.isEmpty()) {
      rows.add(List.copyOf(row));
    }
  }

  private static Expr environment(String name, List<List<Expr>> rows) throws ParseException {
    if (rows.isEmpty()) {
      throw new ParseException("an empty environment");
    }
    if (!name.contains("matrix") && !name.equals("array")) {
      List<Expr> all = new ArrayList<>();
      rows.forEach(all::addAll);
      return all.size() == 1 ? all.get(0) : new Expr.Group(Expr.Shape.LIST, List.copyOf(all));
    }
    for (List<Expr> row : rows) {
      if (row.size() != rows.get(0).size()) {
        throw new ParseException("rows of different lengths");
      }
    }
    Expr.Matrix matrix = new Expr.Matrix(List.copyOf(rows));
    return name.equals("vmatrix") ? Matrices.determinant(matrix) : matrix;
  }

  private String environmentName() throws ParseException {
    in.expect(Token.Kind.OPEN, "{");
    StringBuilder name = new StringBuilder();
    while (!in.nextIs(Token.Kind.CLOSE) && !in.nextIs(Token.Kind.END)) {
      name.append(in.take().text());
    }
    in.expect(Token.Kind.CLOSE, "}");
    return name.toString();
  }

  /** Whether {@code {n \choose k}} or {@code {a \over b}} starts here, its brace taken. */
  boolean isChoose() {
    int depth = 0;
    for (int ahead = 0; ahead < 40; ahead++) {
      Token token = in.peek(ahead);
      if (token.kind() == Token.Kind.OPEN) {
        depth++;
      } else if (token.kind() == Token.Kind.CLOSE && --depth < 0) {
        return false;
      } else if (token.kind() == Token.Kind.END) {
        return false;
      } else if (depth == 0
          && token.kind() == Token.Kind.STRUCTURE
          && (token.text().equals("choose") || token.text().equals("over"))) {
        return true;
      }
    }
    return false;
  }

  Expr choose() throws ParseException {
    Expr top = terms.sum();
    boolean choose = in.take().text().equals("choose");
    Expr bottom = terms.sum();
    in.expect(Token.Kind.CLOSE, "}");
    return Expr.Call.of(choose ? Op.BINOMIAL : Op.DIVIDE, top, bottom);
  }

  /** Whether a condition on one variable follows, as in <code>{x | x &gt; 2}</code>. */
  boolean startsSetBuilder() {
    if (!in.nextIs(Token.Kind.LETTER)) {
      return false;
    }
    int next = in.peek(1).is(Token.Kind.RELATION, "IN") ? 3 : 1;
    return in.peek(next).kind() == Token.Kind.BAR || in.peek(next).is(Token.Kind.OPERATOR, ":");
  }

  Expr setBuilder() throws ParseException {
    while (!in.nextIs(Token.Kind.BAR) && !in.nextIs(Token.Kind.OPERATOR, ":")) {
      in.take();
    }
    in.take();
    Expr condition = answers.list();
    in.expect(Token.Kind.CLOSE, "\\}");
    return Expr.Call.of(Op.SET_BUILDER, condition);
  }
}
