package org.r1zero.verify.code;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The classes of a Java source and which of them can be started, however it is laid out: read token
 * by token, comments and texts left aside, not by lines.
 *
 * @param types the top-level ones
 * @param importsEnd where the package and the imports end in the text
 */
record JavaOutline(List<Type> types, int importsEnd) {

  private static final Pattern TOKEN =
      Pattern.compile(
          "//[^\\n]*+|/\\*(?:[^*]|\\*(?!/))*+(?:\\*/)?|\"\"\"(?:[^\\\\\"]|\\\\.|\"(?!\"\"))*+(?:\"\"\")?"
              + "|\"(?:[^\\\\\"\\n]|\\\\.)*+\"?|'(?:[^\\\\'\\n]|\\\\.)*+'?|[\\w$]++|\\S",
          Pattern.DOTALL);
  private static final Pattern PACKAGE =
      Pattern.compile(
          "\\A((?:\\s|//[^\\n]*+|/\\*(?:[^*]|\\*(?!/))*+\\*/)*+)package\\s++[\\w.\\s]++;");

  /**
   * A class, record, enum or interface.
   *
   * @param isPublic whether its file has to have its name
   * @param hasMain whether it has a static method {@code void main} of its own
   */
  record Type(String name, boolean isPublic, boolean hasMain) {}

  /** Reads a source, whatever it is. */
  static JavaOutline of(String code) {
    List<Type> types = new ArrayList<>();
    int importsEnd = 0;
    List<String> head = new ArrayList<>(); // the tokens of the declaration at hand
    int depth = 0;
    int round = 0;
    Matcher token = TOKEN.matcher(code);
    while (token.find()) {
      String word = token.group();
      if (word.startsWith("//") || word.startsWith("/*")) {
        continue;
      }
      switch (word) {
        case "{" -> {
          if (round == 0 && depth == 0 && typeName(head).isEmpty()) {
            head.clear(); // a method without a class, or no Java
          } else if (round == 0 && depth == 0) {
            types.add(new Type(typeName(head), head.contains("public"), false));
          } else if (round == 0 && depth == 1 && !types.isEmpty() && isMain(head)) {
            Type last = types.remove(types.size() - 1);
            types.add(new Type(last.name(), last.isPublic(), true));
          }
          depth++;
          head.clear();
        }
        case "}" -> {
          depth = Math.max(0, depth - 1);
          head.clear();
        }
        case ";" -> {
          if (depth == 0 && !head.isEmpty() && List.of("import", "package").contains(head.get(0))) {
            importsEnd = token.end();
          }
          if (round == 0) {
            head.clear();
          }
        }
        default -> {
          round += word.equals("(") ? 1 : word.equals(")") && round > 0 ? -1 : 0;
          head.add(word);
        }
      }
    }
    return new JavaOutline(types, importsEnd);
  }

  private static String typeName(List<String> head) {
    for (int i = 0; i + 1 < head.size(); i++) {
      boolean keyword = List.of("class", "interface", "enum", "record").contains(head.get(i));
      if (keyword && Character.isJavaIdentifierStart(head.get(i + 1).charAt(0))) {
        return head.get(i + 1);
      }
      if (head.get(i).equals("(") && !head.contains("@")) {
        return ""; // a method's parameters
      }
    }
    return "";
  }

  private static boolean isMain(List<String> head) {
    int name = head.indexOf("main");
    return name > 0
        && head.get(name - 1).equals("void")
        && head.subList(0, name).contains("static")
        && name + 1 < head.size()
        && head.get(name + 1).equals("(");
  }

  /** The class to start: the public one with a main method, otherwise the first that has one. */
  String mainClass() {
    return types.stream()
        .filter(Type::hasMain)
        .filter(Type::isPublic)
        .findFirst()
        .or(() -> types.stream().filter(Type::hasMain).findFirst())
        .map(Type::name)
        .orElse("");
  }

  /** The name that the source's file has to have. */
  String fileName() {
    return types.stream().filter(Type::isPublic).findFirst().map(Type::name).orElse("Main");
  }

  /** The source without its package, since its file lies in none. */
  static String withoutPackage(String code) {
    return PACKAGE.matcher(code).replaceFirst("$1");
  }
}
