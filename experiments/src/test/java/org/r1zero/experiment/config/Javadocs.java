package org.r1zero.experiment.config;

import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.EntityTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** What the sources of this checkout say of records' components and of enums' constants. */
final class Javadocs {
  private final Path root;
  private final Map<String, Map<String, String>> read = new HashMap<>();

  /** Takes the checkout's folder. */
  Javadocs(Path root) {
    this.root = root;
  }

  /** The text of a record's {@code @param}, or of an enum's constant; empty where there is none. */
  String of(Class<?> type, String member) {
    return read.computeIfAbsent(type.getName(), name -> read(type)).getOrDefault(member, "");
  }

  private Map<String, String> read(Class<?> type) {
    Class<?> outer = type;
    while (outer.getEnclosingClass() != null) {
      outer = outer.getEnclosingClass();
    }
    Path inModule = Path.of("src/main/java", outer.getName().replace('.', '/') + ".java");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (Stream<Path> modules = Files.list(root);
        StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      Path source =
          modules
              .map(module -> module.resolve(inModule))
              .filter(Files::exists)
              .findAny()
              .orElseThrow();
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, List.of("-proc:none"), null, files.getJavaFileObjects(source));
      DocTrees trees = DocTrees.instance(task);
      Map<String, String> texts = new HashMap<>();
      for (CompilationUnitTree unit : task.parse()) {
        new Reader(trees, type.getSimpleName(), texts).scan(unit, null);
      }
      return texts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Collects what is said in one type. */
  private static final class Reader extends TreePathScanner<@Nullable Void, @Nullable Void> {
    private final DocTrees trees;
    private final String type;
    private final Map<String, String> texts;

    Reader(DocTrees trees, String type, Map<String, String> texts) {
      this.trees = trees;
      this.type = type;
      this.texts = texts;
    }

    @Override
    public @Nullable Void visitClass(ClassTree tree, @Nullable Void nothing) {
      if (tree.getSimpleName().contentEquals(type)) {
        var comment = trees.getDocCommentTree(getCurrentPath());
        if (comment != null) {
          for (DocTree tag : comment.getBlockTags()) {
            if (tag instanceof ParamTree param) {
              texts.put(param.getName().toString(), text(param.getDescription()));
            }
          }
        }
        for (Tree member : tree.getMembers()) {
          var said = trees.getDocCommentTree(new TreePath(getCurrentPath(), member));
          if (member instanceof VariableTree constant
              && tree.getKind() == Tree.Kind.ENUM
              && said != null) {
            texts.put(constant.getName().toString(), text(said.getFullBody()));
          }
        }
      }
      return super.visitClass(tree, null);
    }

    private static String text(List<? extends DocTree> parts) {
      return parts.stream()
          .map(Reader::plain)
          .collect(Collectors.joining())
          .replaceAll("\\s+", " ")
          .strip();
    }

    /** A component's name as recipes have it. */
    private static String key(String code) {
      return code.matches("[a-z]+([A-Z][a-z0-9]*)+") ? RecordBinder.snake(code) : code;
    }

    private static String plain(DocTree part) {
      if (part instanceof TextTree text) {
        return text.getBody();
      } else if (part instanceof LiteralTree literal) {
        return key(literal.getBody().getBody());
      } else if (part instanceof LinkTree link) {
        return link.getLabel().isEmpty()
            ? link.getReference().getSignature().replaceFirst(".*[.#]", "")
            : text(link.getLabel());
      } else if (part instanceof EntityTree entity) {
        return Map.of("lt", "<", "gt", ">", "amp", "&")
            .getOrDefault(entity.getName().toString(), "");
      }
      return part.getKind() == DocTree.Kind.START_ELEMENT ? " " : "";
    }
  }
}
