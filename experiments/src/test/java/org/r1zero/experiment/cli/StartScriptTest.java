package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The start script in a small checkout, with a {@code mvn} that "builds" by copying a file and a
 * {@code java} that prints the copy. {@code java wait} prints it when a file {@code go} appears.
 */
@Tag("slow")
class StartScriptTest {
  private static final long LIMIT_SECONDS = 60;

  @TempDir private Path folder;
  private Path checkout;
  private Path source;
  private Path tools;
  private String path;

  @BeforeEach
  void makeCheckout() throws IOException {
    checkout = Files.createDirectories(folder.resolve("a checkout"));
    tools = Files.createDirectories(folder.resolve("bin"));
    path = tools + ":" + System.getenv("PATH");
    Files.copy(Path.of("../r1zero"), checkout.resolve("r1zero"));
    for (String module : List.of(".", "reward-verifiers/symja-libraries", "experiments")) {
      Files.createDirectories(checkout.resolve(module));
      Files.writeString(
          checkout.resolve(module).resolve("pom.xml"), "<p>\n  <version>7.8</version>\n</p>\n");
    }
    Files.createDirectories(checkout.resolve(".mvn"));
    source = checkout.resolve("experiments/src/main/java/Main.java");
    Files.createDirectories(source.getParent());
    Files.writeString(source, "first\n");
    tool("javac", "echo javac 17.0.1");
    tool(
        "mvn",
        "echo build >>'" + folder + "/builds'",
        "grep -q broken experiments/src/main/java/Main.java && { echo 'COMPILATION ERROR' >&2; exit 1; }",
        "[ ! -f '" + folder + "/slow' ] || sleep 1",
        "mkdir -p experiments/target/lib reward-verifiers/symja-libraries/target/lib",
        "case \" $* \" in *' -Pspark '*)",
        "  mkdir -p rollout-workers/spark/target/lib",
        "  touch rollout-workers/spark/target/lib/{spark-core_2.13-4.1.jar,slf4j-api-2.1.jar}",
        "  touch rollout-workers/spark/target/r1zero-spark-7.8.jar",
        "  touch experiments/target/lib/{slf4j-api-2.0.jar,slf4j-simple-2.0.jar} ;;",
        "esac",
        "cat experiments/src/main/java/*.java >experiments/target/experiments-7.8.jar");
    tool(
        "java",
        "while [ \"$1\" != -cp ]; do echo \"$1\" >>'" + folder + "/properties'; shift; done",
        "lib=${2%/\\*}; shift 3",
        "if [ \"${1:-}\" = wait ]; then",
        "  echo waiting; while [ ! -f '" + folder + "/go' ]; do sleep 0.05; done",
        "fi",
        "cat \"$lib\"/experiments-*.jar; echo \"$@\"");
  }

  private void tool(String name, String... lines) throws IOException {
    Path file = tools.resolve(name);
    Files.writeString(file, "#!/bin/bash\n" + String.join("\n", lines) + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private record Ended(int code, String out, String err) {}

  private Process start(Path directory, String... arguments) throws IOException {
    return start(directory, Map.of(), arguments);
  }

  private Process start(Path directory, Map<String, String> set, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(checkout.resolve("r1zero").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("PATH", path);
    environment.remove("JAVA_HOME");
    environment.remove("R1ZERO_MAVEN_OPTS");
    environment.remove("SPARK_HOME");
    environment.putAll(set);
    return builder.start();
  }

  private Ended run(String... arguments) throws Exception {
    return end(start(checkout, arguments));
  }

  private static Ended end(Process process) throws Exception {
    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), read(process.inputReader()), read(process.errorReader()));
  }

  private static String read(java.io.BufferedReader reader) {
    return String.join("\n", reader.lines().toList());
  }

  private int builds() throws IOException {
    Path log = folder.resolve("builds");
    return Files.exists(log) ? Files.readAllLines(log).size() : 0;
  }

  private long kept() throws IOException {
    try (Stream<Path> all = Files.list(checkout.resolve(".r1zero/builds"))) {
      return all.count();
    }
  }

  @Test
  void aRunKeepsItsBuildWhileChangedSourcesAreBuilt() throws Exception {
    Process run = start(checkout, "wait");
    assertThat(run.inputReader().readLine()).isEqualTo("waiting");
    Files.writeString(source, "second\n");

    assertThat(run("demo").out()).startsWith("second");
    assertThat(kept()).isEqualTo(2);

    Files.createFile(folder.resolve("go"));
    Ended first = end(run);
    assertThat(first.code()).isZero();
    assertThat(first.out()).startsWith("first");
    Files.writeString(source, "third\n");
    assertThat(run("demo").out()).startsWith("third");
    assertThat(kept()).as("what nobody uses is swept").isEqualTo(1);
  }

  @Test
  void submitBuildsWithSparkAndPrintsItsLine() throws Exception {
    makeSparkModule();
    Ended own =
        run("submit", "--print", "--conf", "a.b=c d", "--", "train", "x.yaml", "--set", "s=1");
    assertThat(own.code()).as(own.err()).isZero();
    assertThat(own.out())
        .matches(".*/spark/jars/\\\\\\* org.apache.spark.deploy.SparkSubmit --master local.*")
        .matches(".*--conf a.b=c\\\\ d --jars [^,]*/lib/r1zero-spark-7.8.jar --class .*")
        .endsWith("experiments-7.8.jar train x.yaml --set s=1 --set rollouts.backend=spark ")
        .contains("spark.executorEnv.OMP_WAIT_POLICY=passive")
        .doesNotContain("-Xmx");
    for (String heap : List.of("--driver-memory 3g", "--conf spark.driver.memory=3g")) {
      List<String> line = new ArrayList<>(List.of("submit", "--print"));
      line.addAll(List.of(heap.split(" ")));
      line.addAll(List.of("--", "eval"));
      assertThat(run(line.toArray(String[]::new)).out()).contains("java -Xmx3g ");
    }

    Path spark = folder.resolve("spark");
    Files.createDirectories(spark.resolve("bin"));
    tool("../spark/bin/spark-submit", "echo \"submitted $*\"");
    Ended theirs =
        end(
            start(
                checkout,
                Map.of("SPARK_HOME", spark.toString()),
                "submit",
                "--",
                "eval",
                "--help"));
    assertThat(theirs.out()).startsWith("submitted ").endsWith("experiments-7.8.jar eval --help");
    assertThat(builds()).isEqualTo(1);
    run("demo");
    assertThat(run("submit", "--print", "--", "eval", "--set", "rollouts.backend=process").out())
        .as("a backend that is named stays")
        .endsWith("eval --set rollouts.backend=process ");
    run("demo");
    assertThat(builds()).as("one of each flavour, neither sweeps the other").isEqualTo(2);
  }

  private void makeSparkModule() throws IOException {
    Path module = Files.createDirectories(checkout.resolve("rollout-workers/spark/src/main"));
    Files.createDirectories(module.resolve("conf"));
    Files.writeString(module.resolve("conf/log4j2.properties"), "rootLogger.level = warn\n");
    Files.writeString(module.resolve("../../pom.xml"), "<p/>\n");
  }

  @Test
  void submitWithoutACommandSaysHowItIsUsed() throws Exception {
    makeSparkModule();
    Ended ended = run("submit", "--master", "yarn");
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).contains("-- COMMAND");
    Path nowhere = folder.resolve("nowhere");
    Ended wrong =
        end(start(checkout, Map.of("SPARK_HOME", nowhere.toString()), "submit", "--", "eval"));
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("SPARK_HOME must be a Spark installation, was " + nowhere);
  }

  @Test
  void buildsOnceForTheSameContent() throws Exception {
    run("demo");
    Files.writeString(source, "first\n");
    assertThat(run("demo", "--seed", "1").out()).isEqualTo("first\ndemo --seed 1");
    assertThat(builds()).isEqualTo(1);

    Path more = Files.writeString(source.resolveSibling("More.java"), "more\n");
    assertThat(run("demo").out()).contains("more");
    Files.delete(more);
    assertThat(run("demo").out()).doesNotContain("more");
  }

  @Test
  void twoAtATimeBuildOnce() throws Exception {
    Files.createFile(folder.resolve("slow"));
    Process one = start(checkout, "demo");
    Process other = start(checkout, "report");

    assertThat(end(one).out()).isEqualTo("first\ndemo");
    assertThat(end(other).out()).isEqualTo("first\nreport");
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void goesOnAfterAKilledAndAfterAFailedBuild() throws Exception {
    Files.createDirectories(checkout.resolve(".r1zero/work/experiments/target"));
    Files.createFile(checkout.resolve(".r1zero/unfinished"));
    Files.createDirectories(checkout.resolve(".r1zero/new/lib"));
    assertThat(run("demo").out()).isEqualTo("first\ndemo");

    Files.writeString(source, "broken\n");
    Ended broken = run("demo");
    assertThat(broken.code()).isEqualTo(1);
    assertThat(broken.err()).contains("COMPILATION ERROR", "the build failed");
    Files.writeString(source, "mended\n");
    assertThat(run("demo").out()).isEqualTo("mended\ndemo");
  }

  @Test
  void helpAndVersionBuildNothing() throws Exception {
    tool("javac", "exit 127");
    Ended help = run("--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).startsWith("Usage: ./r1zero COMMAND");
    assertThat(help.out().lines()).allMatch(line -> line.length() <= 80);
    assertThat(Main.commands()).allMatch(name -> help.out().contains("  " + name + " "));
    assertThat(run("train", "--help").out()).isEqualTo(help.out());
    assertThat(run("test", "--help").out()).startsWith("Usage: ./r1zero test [--quick]");
    assertThat(run("--version").out()).startsWith("r1zero 7.8, commit ");
    assertThat(run().code()).isEqualTo(2);
    assertThat(checkout.resolve(".r1zero")).doesNotExist();

    tool("javac", "echo javac 17.0.1");
    run("demo");
    Files.writeString(source, "second\n");
    assertThat(run("train", "--help").out()).as("the old build").isEqualTo("first\ntrain --help");
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void worksFromAnyFolderAndWithoutSources() throws Exception {
    Ended away = end(start(folder, "demo"));
    assertThat(away.out()).isEqualTo("first\ndemo");
    assertThat(Files.readAllLines(folder.resolve("properties")))
        .contains("-Dr1zero.home=" + checkout);

    for (String module : List.of("reward-verifiers", "experiments", ".mvn", "pom.xml")) {
      delete(checkout.resolve(module));
    }
    Ended stripped = run("demo");
    assertThat(stripped).isEqualTo(new Ended(0, "first\ndemo", ""));

    delete(checkout.resolve(".r1zero"));
    Ended nothing = run("demo");
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err()).contains("there are neither sources nor a build in");
  }

  @Test
  void namesMavenAndTheJdkButNotTheSandboxWhereTheyAreMissing() throws Exception {
    Files.delete(tools.resolve("mvn"));
    Files.delete(tools.resolve("javac"));
    for (String name :
        List.of(
            "bash", "dirname", "readlink", "find", "sort", "xargs", "sha256sum", "cut", "sed")) {
      Path link = tools.resolve(name);
      for (String bin : List.of("/usr/bin", "/bin")) {
        if (!Files.exists(link) && Files.exists(Path.of(bin, name))) {
          Files.createSymbolicLink(link, Path.of(bin, name));
        }
      }
    }
    path = tools.toString();

    Ended ended = run("demo");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err())
        .contains("missing: openjdk-17-jdk-headless maven ")
        .doesNotContain("bubblewrap", "python");

    tool("apt-get", "exit 1");
    tool("id", "echo 1000");
    assertThat(run("demo").err())
        .contains("Install by: sudo apt-get install openjdk-17-jdk-headless maven");
  }

  @Test
  void aSkippedTestFailsTheTestsUnlessItIsExpectedHere() throws Exception {
    tool(
        "mvn",
        "echo \"$@\" >>'" + folder + "/builds'",
        "mkdir -p experiments/target/surefire-reports",
        "cat >experiments/target/surefire-reports/TEST-a.ATest.xml <<'X'",
        "<testsuite>",
        "  <testcase name=\"runs\" classname=\"a.ATest\" time=\"0\"/>",
        "  <testcase name=\"needsAModel\" classname=\"a.ATest\" time=\"0\">",
        "    <skipped message=\"no model\"/>",
        "  </testcase>",
        "</testsuite>",
        "X");
    Path list = checkout.resolve("test-fixtures/expected-skips.tsv");
    Files.createDirectories(list.getParent());
    Files.writeString(list, "# class, where, why\na.BTest\ttrue\tanother\n");

    Ended unexpected = run("test", "-pl", "experiments");
    assertThat(unexpected.code()).isEqualTo(1);
    assertThat(unexpected.err()).contains("expected-skips.tsv").endsWith("a.ATest needsAModel");

    Files.writeString(list, "a.ATest\t[ -e model ]\tthere is none\n");
    assertThat(run("test", "--quick").code()).as("the condition does not hold").isEqualTo(1);
    Files.createFile(checkout.resolve("model"));
    assertThat(run("test", "--quick")).isEqualTo(new Ended(0, "", ""));

    tool("mvn", "exit 1");
    assertThat(run("test").code()).as("tests that failed").isEqualTo(1);
    tool("mvn", "exit 0");
    Files.delete(checkout.resolve("model"));
    assertThat(run("test").code()).as("a report of another day").isZero();
    assertThat(Files.readAllLines(folder.resolve("builds")))
        .containsExactly(
            "-B -ntp -Dstyle.color=never verify -pl experiments",
            "-B -ntp -Dstyle.color=never test -Dtest.excluded.groups=long,slow"
                + " -Dspotless.check.skip=true",
            "-B -ntp -Dstyle.color=never test -Dtest.excluded.groups=long,slow"
                + " -Dspotless.check.skip=true");
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path file : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
