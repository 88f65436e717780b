package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * Runs a page's commands word by word: in a folder with the repository's files, where {@code
 * ./r1zero} is this build.
 */
final class PageCommands {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final List<String> COPIED = List.of("examples", "recipes", "data");
  private final Path folder;

  /** A shell's view of a command. */
  record Outcome(int code, String said) {}

  /** Lays out the repository's files that commands read. */
  PageCommands(Path folder) throws IOException {
    this.folder = folder;
    for (String name : COPIED) {
      copy(REPOSITORY.resolve(name), folder.resolve(name));
    }
    Path script =
        Files.writeString(
            folder.resolve("r1zero"),
            "#!/usr/bin/env bash\nexec '"
                + Path.of(System.getProperty("java.home"), "bin", "java")
                + "' -Xmx1g -XX:TieredStopAtLevel=1 -Dai.djl.offline=true"
                + " -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp '"
                + absolute(System.getProperty("java.class.path"))
                + "' $R1ZERO_JAVA_OPTS org.r1zero.experiment.cli.Main \"$@\""
                + " $R1ZERO_TEST_ARGUMENTS\n");
    if (!script.toFile().setExecutable(true)) {
      throw new IOException(script + " can't be made executable");
    }
  }

  private static String absolute(String classPath) {
    List<String> all = new ArrayList<>();
    for (String entry : classPath.split(":", -1)) {
      all.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(":", all);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            if (dir.endsWith("target")) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(to.resolve(from.relativize(dir)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, to.resolve(from.relativize(file)));
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** A page of the repository. */
  static String page(String name) throws IOException {
    return Files.readString(REPOSITORY.resolve(name));
  }

  /** A page's command lines that begin with a word, in fences or indented; comments cut off. */
  static List<String> commands(String page, String word) {
    List<String> commands = new ArrayList<>();
    String joined = page.replaceAll("\\\\\n\\s*", "");
    Matcher line =
        Pattern.compile("^ *(" + Pattern.quote(word) + " .*)$", Pattern.MULTILINE).matcher(joined);
    while (line.find()) {
      commands.add(line.group(1).replaceFirst("\\s+# .*$", "").strip());
    }
    return commands;
  }

  /** The page's fenced blocks of a language, without the list's indentation. */
  static List<String> blocks(String page, String language) {
    List<String> blocks = new ArrayList<>();
    Matcher fence =
        Pattern.compile(
                "^( *)```" + language + "\\n(.*?)^ *```", Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(page);
    while (fence.find()) {
      blocks.add(fence.group(2).replaceAll("(?m)^" + fence.group(1), ""));
    }
    return blocks;
  }

  /**
   * Runs a command by bash.
   *
   * @param arguments what is added to it so that it takes a test's time: empty for nothing
   */
  Outcome run(String command, String arguments) throws IOException, InterruptedException {
    Path log = Files.createTempFile(folder, "said", ".log");
    Process process = start(command, arguments, log);
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    return new Outcome(process.waitFor(), Files.readString(log));
  }

  /** Compiles a plug-in's sources and puts them with its resources into {@code target}. */
  static void makeJar(Path plugin) throws IOException {
    Path classes = Files.createDirectories(plugin.resolve("classes"));
    List<String> arguments = new ArrayList<>(List.of("-d", classes.toString(), "-proc:none"));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    files(plugin.resolve("src/main/java")).forEach(source -> arguments.add(source.toString()));
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertThat(failed).as("compiling the page's code").isZero();
    Path jar = Files.createDirectories(plugin.resolve("target")).resolve("plugin.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      addAll(out, classes);
      addAll(out, plugin.resolve("src/main/resources"));
    }
  }

  private static void addAll(JarOutputStream out, Path root) throws IOException {
    for (Path file : files(root)) {
      out.putNextEntry(new JarEntry(root.relativize(file).toString()));
      Files.copy(file, out);
      out.closeEntry();
    }
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  /** Runs a command that runs until it is stopped; code 0 where it came to say something. */
  Outcome serve(String command, String arguments, String wanted)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(folder, "said", ".log");
    Process process = start("exec " + command, arguments, log);
    try {
      for (int i = 0; i < 600 && process.isAlive(); i++) {
        if (Files.readString(log).contains(wanted)) {
          return new Outcome(0, Files.readString(log));
        }
        Thread.sleep(100);
      }
      return new Outcome(process.isAlive() ? -1 : process.exitValue(), Files.readString(log));
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  private Process start(String command, String arguments, Path log) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", command);
    builder.directory(folder.toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("R1ZERO_TEST_ARGUMENTS", arguments);
    return builder.start();
  }
}
