package org.r1zero.experiment.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.report.Chromium;

/** The page and what it asks for, over HTTP, and in headless Chromium where there is one. */
@Tag("slow")
class DashboardServerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HOSTILE = "</script><img src=x onerror=document.title='owned'>";
  @TempDir private Path folder;
  private DashboardServer server;

  @BeforeEach
  void start() throws IOException {
    Path run = folder.resolve("runs/20260101-demo");
    Files.createDirectories(run.resolve("rollouts"));
    Files.writeString(
        run.resolve("recipe.yaml"),
        "name: demo\nmodel: embedded\ngrpo: {steps: 4}\nrewards:\n- {verifier: number, name:"
            + " exact}\n- {verifier: cosine_length}\n");
    Files.writeString(
        run.resolve("manifest.json"),
        "{\"status\": \"running\", \"started\": \"2026-01-01T10:00:00Z\"}");
    Files.createDirectories(run.resolve("checkpoints/step-000002"));
    Files.writeString(run.resolve("checkpoints/step-000002/manifest.json"), "{\"step\": 2}");
    Files.writeString(
        run.resolve("metrics.jsonl"),
        "{\"step\": 1, \"reward\": 0.5, \"entropy\": 1}\n{\"step\": 2, \"reward\": 0.75,"
            + " \"rewards/cosine_length/correct\": 0.1, \"rewards/exact/correct\": 0.5}\n{\"ste");
    String rollout =
        "{\"step\": 2, \"problem\": \"%s\", \"prompt\": \"P%s\", \"completion\": %s, \"gold\":"
            + " \"1\", \"tokens\": 3, \"reward\": %s, \"verdicts\": {\"cosine_length\": {\"score\": 1,"
            + " \"outcome\": \"correct\", \"reason\": \"r\"}, \"exact\": {\"score\": 1, \"outcome\":"
            + " \"%s\", \"reason\": \"r\"}}}\n";
    StringBuilder lines = new StringBuilder();
    lines.append(
        String.format(rollout, "a", "1", JSON.writeValueAsString(HOSTILE), 1.0, "correct"));
    lines.append(String.format(rollout, "b", "2", "\"plain\"", 0.25, "incorrect"));
    lines.append(String.format(rollout, "a", "1", "\"again\"", 0.0, "incorrect"));
    for (int i = 0; i < 9; i++) {
      lines.append(String.format(rollout, "c" + i, "more", "\"x\"", -1.0, "incorrect"));
    }
    Files.writeString(run.resolve("rollouts/step-000002.jsonl"), lines + "{\"step\": 0, \"pro");
    Files.writeString(folder.resolve("secret.jsonl"), "{\"secret\": 1}\n");
    server = new DashboardServer(folder.resolve("runs"), "127.0.0.1", 0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void listsRunsAndReadsFilesThatAreBeingWritten() throws Exception {
    JsonNode list = JSON.readTree(get("api/runs").body());
    assertThat(list.path("runs")).as("a checkpoint is no run").hasSize(1);
    JsonNode run = list.at("/runs/0");
    assertThat(run.path("name").asText()).isEqualTo("20260101-demo");
    assertThat(run.path("status").asText()).isEqualTo("running");
    assertThat(run.path("step").asLong()).isEqualTo(2);
    assertThat(run.path("steps").asLong()).isEqualTo(4);
    assertThat(run.path("accuracy").asDouble()).as("of the first reward").isEqualTo(0.5);
    assertThat(run.path("recipe").asText()).isEqualTo("demo");
    JsonNode metrics = JSON.readTree(get("api/metrics?run=20260101-demo").body());
    assertThat(metrics.findValuesAsText("step")).containsExactly("1", "2");
    assertThat(metrics.at("/1/accuracy").asDouble()).isEqualTo(0.5);
  }

  @Test
  void stagesAreBelowTheirPipelineAndArmsBelowTheirComparison() throws Exception {
    Path comparison = Files.createDirectories(folder.resolve("runs/compare-x"));
    Files.createDirectories(comparison.resolve("arms"));
    Path pipelines = comparison.resolve("pipelines");
    Path pipeline = Files.createDirectories(pipelines.resolve("one-seed1"));
    Files.writeString(
        pipeline.resolve("recipe.yaml"),
        "name: one\nmodel: m\nstages:\n- {name: sft, kind: sft}\n- {name: rl, kind: rl}\n");
    Files.writeString(
        pipeline.resolve("pipeline.json"),
        "{\"stages\": [{\"name\": \"sft\", \"status\": \"done\", \"directory\":"
            + " \"/moved/stages/sft-1\"}, {\"name\": \"rl\", \"status\": \"running\", \"directory\":"
            + " \"/moved/stages/rl-2\"}]}");
    Path sft = Files.createDirectories(pipelines.resolve("stages/sft-1"));
    Files.writeString(sft.resolve("inputs.json"), "{\"kind\": \"sft\"}");
    Files.writeString(sft.resolve("done.json"), "{}");
    Files.writeString(sft.resolve("metrics.jsonl"), "{\"step\": 1, \"loss\": 2}\n");
    Path stage = pipelines.resolve("stages/rl-2");
    Path rl = Files.createDirectories(stage.resolve("20260101-rl"));
    Files.writeString(stage.resolve("inputs.json"), "{\"kind\": \"rl\"}");
    Files.writeString(rl.resolve("manifest.json"), "{\"status\": \"running\"}");
    Files.writeString(rl.resolve("recipe.yaml"), "name: rl\nrewards: [{verifier: number}]\n");
    Files.writeString(
        rl.resolve("metrics.jsonl"),
        "{\"step\": 0, \"rewards/number/correct\": 0.25}\n"); // of an older version
    Files.createDirectories(rl.resolve("rollouts"));
    Files.writeString(rl.resolve("rollouts/step-000000.jsonl"), "{\"prompt\": \"first\"}\n");

    JsonNode list = JSON.readTree(get("api/runs").body());
    assertThat(list.path("runs").findValuesAsText("name"))
        .containsExactlyInAnyOrder(
            "compare-x",
            "compare-x/pipelines/one-seed1",
            "compare-x/pipelines/stages/sft-1",
            "compare-x/pipelines/stages/rl-2/20260101-rl",
            "20260101-demo");
    assertThat(list.path("count").asInt()).isEqualTo(2);
    JsonNode compared = list.at("/runs/0");
    assertThat(compared.path("title").asText()).as("the newest first").isEqualTo("compare-x");
    assertThat(compared.path("status").asText()).isEqualTo("running");
    JsonNode stages = compared.at("/children/0/children");
    assertThat(stages.findValuesAsText("title")).containsExactly("sft", "rl");
    assertThat(stages.findValuesAsText("status")).containsExactly("done", "running");
    assertThat(stages.at("/1/step").asLong()).as("older files count from 0").isEqualTo(1);
    String name = stages.at("/1/name").asText();
    assertThat(JSON.readTree(get("api/metrics?run=" + name).body()).at("/0/step").asLong())
        .isEqualTo(1);
    assertThat(
            JSON.readTree(get("api/rollouts?step=1&run=" + name).body())
                .at("/groups/0/prompt")
                .asText())
        .isEqualTo("first");
  }

  @Test
  void rolloutsAreFilteredByRewardVerdictAndText() throws Exception {
    assertThat(matches("")).isEqualTo(12);
    assertThat(matches("&verdict=right")).isEqualTo(1);
    assertThat(matches("&min=0.2&max=0.5")).isEqualTo(1);
    assertThat(matches("&text=PLAIN")).isEqualTo(1);
    assertThat(matches("&verdict=wrong&min=0.9")).isZero();
    assertThat(get("api/rollouts?run=20260101-demo&step=x").statusCode()).isEqualTo(400);
  }

  @Test
  void rolloutsStandByProblemAPageOfProblemsAtATime() throws Exception {
    JsonNode page = JSON.readTree(get("api/rollouts?run=20260101-demo&step=2").body());
    assertThat(page.path("problems").asInt()).isEqualTo(11);
    assertThat(page.path("pages").asInt()).isEqualTo(2);
    assertThat(page.path("groups")).hasSize(8);
    assertThat(page.at("/groups/0/prompt").asText()).isEqualTo("P1");
    assertThat(page.at("/groups/0/rollouts")).hasSize(2);
    assertThat(page.at("/groups/0/right").asInt()).isEqualTo(1);
    assertThat(page.at("/groups/0/rollouts/0").has("prompt")).isFalse();
    JsonNode last = JSON.readTree(get("api/rollouts?run=20260101-demo&step=2&page=99").body());
    assertThat(last.path("page").asInt()).isEqualTo(2);
    assertThat(last.path("groups")).hasSize(3);
  }

  @Test
  void evaluationAndRecipeAreShownWithTheIntervalThatTheConsolePrints() throws Exception {
    Path run = folder.resolve("runs/20260101-demo");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      lines.append(
          "{\"problem\": \"p"
              + i
              + "\", \"sample\": -1, \"completion\": \"\", \"finish_reason\": \"stop\","
              + " \"verdicts\": {}, \"right\": true}\n");
    }
    Files.writeString(run.resolve("evaluation-after.jsonl"), lines);
    JsonNode about = JSON.readTree(get("api/about?run=20260101-demo").body());
    assertThat(about.at("/evaluations/after/text").asText()).isEqualTo("100.0 % [51.0, 100.0]");
    assertThat(about.path("recipe").asText()).startsWith("name: demo");
  }

  @Test
  void aLinkedFolderOfRunsIsShownAndLinksWithinARunAreNot() throws Exception {
    Path run = folder.resolve("runs/20260102-links");
    Files.createDirectories(run);
    Files.writeString(run.resolve("recipe.yaml"), "name: links\n");
    Path secrets = Files.createDirectories(folder.resolve("secrets"));
    Files.writeString(secrets.resolve("step-000001.jsonl"), "{\"prompt\": \"secret\"}\n");
    Files.createSymbolicLink(run.resolve("metrics.jsonl"), folder.resolve("secret.jsonl"));
    Files.createSymbolicLink(run.resolve("manifest.json"), folder.resolve("secret.jsonl"));
    Files.createSymbolicLink(run.resolve("evaluation-after.jsonl"), folder.resolve("secret.jsonl"));
    Files.createSymbolicLink(run.resolve("rollouts"), secrets);
    Path linked = Files.createSymbolicLink(folder.resolve("linked"), folder.resolve("runs"));
    try (DashboardServer other = new DashboardServer(linked, "127.0.0.1", 0)) {
      JsonNode list = JSON.readTree(get(other, "api/runs").body());
      assertThat(list.path("runs").findValuesAsText("title"))
          .containsExactlyInAnyOrder("20260101-demo", "20260102-links");
      for (String path : new String[] {"runs", "metrics", "about", "rollouts"}) {
        assertThat(get(other, "api/" + path + "?run=20260102-links&step=1").body())
            .as(path)
            .doesNotContain("secret");
      }
    }
  }

  @Test
  @Timeout(60)
  void aPageThatStopsReadingKeepsNoOtherWaiting() throws Exception {
    for (int i = 0; i < 400; i++) { // a list that no socket's buffers hold
      Path run = Files.createDirectories(folder.resolve("runs/many-" + i));
      Files.writeString(
          run.resolve("recipe.yaml"), "name: many\nmodel: " + "m".repeat(9000) + "\n");
    }
    URI address = URI.create(server.address());
    try (Socket stalled = new Socket(address.getHost(), address.getPort())) {
      stalled.setReceiveBufferSize(1024);
      stalled
          .getOutputStream()
          .write(
              "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      Thread.sleep(2500); // its first list is on the way
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(server.address() + "api/events"))
              .header("Accept", "text/event-stream")
              .build();
      HttpResponse<java.util.stream.Stream<String>> events =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofLines());
      try (var lines = events.body()) {
        long started = System.nanoTime();
        Files.createDirectories(folder.resolve("runs/zz-new"));
        Files.writeString(folder.resolve("runs/zz-new/recipe.yaml"), "name: new\n");
        assertThat(lines.anyMatch(line -> line.contains("zz-new"))).isTrue();
        assertThat((System.nanoTime() - started) / 1e9).isLessThan(10);
      }
    }
  }

  @Test
  void anOccupiedPortIsOneClearMessage() throws Exception {
    int taken = URI.create(server.address()).getPort();
    assertThatThrownBy(() -> new DashboardServer(folder.resolve("runs"), "127.0.0.1", taken))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("can't listen on 127.0.0.1:" + taken)
        .hasMessageContaining("0 for any free one");
  }

  @Test
  void nothingOutsideTheRunsCanBeReached() throws Exception {
    for (String path :
        new String[] {
          "api/metrics?run=..",
          "api/metrics?run=../..",
          "api/metrics?run=%2e%2e%2f",
          "api/rollouts?run=../&step=0",
          "secret.jsonl"
        }) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(404);
    }
    for (String path : new String[] {"/../secret.jsonl", "/%2e%2e/secret.jsonl"}) {
      assertThat(rawRequest(path, "127.0.0.1")).as(path).doesNotContain("secret\"");
    }
  }

  @Test
  void aRequestForAnotherHostIsRefusedAndScriptsAreThePagesOwn() throws Exception {
    assertThat(rawRequest("/api/runs", "evil.example")).startsWith("HTTP/1.1 403");
    HttpResponse<String> page = get("");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("default-src 'none'")
        .contains("script-src 'self'");
    assertThat(page.body()).doesNotContain("http://").doesNotContain("https://");
  }

  @Test
  void aFolderThatIsNotThereIsAClearError() {
    assertThatThrownBy(() -> new DashboardServer(folder.resolve("none"), "127.0.0.1", 0))
        .hasMessageContaining("is not a folder");
  }

  @Test
  @Timeout(60)
  void pagesAreToldOfRunsByServerSentEvents() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.address() + "api/events"))
            .header("Accept", "text/event-stream")
            .build();
    HttpResponse<java.util.stream.Stream<String>> events =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofLines());
    try (var lines = events.body()) {
      assertThat(lines.filter(line -> line.contains("20260101-demo")).findFirst().orElseThrow())
          .startsWith("data: {");
    }
  }

  @Test
  void chromiumOpensTheRunningRunAndShowsHostileOutputAsText() throws Exception {
    Path later = Files.createDirectories(folder.resolve("runs/20260201-later"));
    Files.writeString(later.resolve("recipe.yaml"), "name: later\n");
    Files.writeString(
        later.resolve("manifest.json"),
        "{\"status\": \"done\", \"started\": \"2026-02-01T10:00:00Z\"}");
    String dom = Chromium.dom(server.address() + "?still", folder.resolve("profile"));
    assertThat(dom).contains("data-charts=\"6\"").contains("2 runs, 1 running, still");
    assertThat(dom).contains("20260101-demo: running, step 2/4, accuracy 50.0 %, recipe demo");
    assertThat(dom).contains("<h4>20260101-demo, step 2</h4>").contains("1 of 2 right, gold 1");
    assertThat(dom).contains("12 rollouts of 11 problems, page 1 of 2");
    assertThat(dom).contains("&lt;img src=x onerror").doesNotContain("<img").contains("P2");
    assertThat(dom).contains("<title>20260101-demo – r1zero</title>");
    assertThat(dom.split("<pre>P1</pre>", -1)).as("the prompt once").hasSize(2);
    assertThat(dom.indexOf("<strong>20260201-later"))
        .as("the newest first")
        .isBetween(0, dom.indexOf("<strong>20260101-demo"));
  }

  @Test
  void chromiumShowsWhatTheAddressNames() throws Exception {
    String query = "?still&run=20260101-demo&step=999&verdict=wrong&page=2&metric=entropy";
    String dom = Chromium.dom(server.address() + query, folder.resolve("profile"));
    assertThat(dom).as("there is no step 999").contains("<h4>20260101-demo, step 2</h4>");
    assertThat(dom).contains("11 rollouts of 11 problems, page 2 of 2");
    assertThat(dom).doesNotContain("onerror");
  }

  private int matches(String query) throws Exception {
    return JSON.readTree(get("api/rollouts?run=20260101-demo&step=2" + query).body())
        .path("matches")
        .asInt();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return get(server, path);
  }

  private static HttpResponse<String> get(DashboardServer of, String path)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(of.address() + path)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  /** As no client of good manners would send it. */
  private String rawRequest(String path, String host) throws IOException {
    URI address = URI.create(server.address());
    try (Socket socket = new Socket(address.getHost(), address.getPort())) {
      OutputStream out = socket.getOutputStream();
      String request =
          "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
