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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.experiment.report.Chromium;

/** The page and what it asks for, over HTTP, and in headless Chromium where there is one. */
class DashboardServerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HOSTILE = "</script><img src=x onerror=document.title='owned'>";
  @TempDir private Path folder;
  private DashboardServer server;

  @BeforeEach
  void start() throws IOException {
    Path run = folder.resolve("runs/20260101-demo");
    Files.createDirectories(run.resolve("rollouts"));
    Files.writeString(run.resolve("manifest.json"), "{\"status\": \"running\"}");
    Files.writeString(
        run.resolve("metrics.jsonl"),
        "{\"step\": 0, \"reward\": 0.5, \"entropy\": 1}\n{\"step\": 1, \"reward\": 0.75}\n{\"ste");
    String rollout =
        "{\"step\": 0, \"prompt\": \"P%d\", \"completion\": %s, \"gold\": \"1\", \"tokens\": 3,"
            + " \"reward\": %s, \"verdicts\": {\"number\": {\"score\": 1, \"outcome\": \"%s\","
            + " \"reason\": \"r\"}}}\n";
    Files.writeString(
        run.resolve("rollouts/step-000000.jsonl"),
        String.format(rollout, 1, JSON.writeValueAsString(HOSTILE), 1.0, "correct")
            + String.format(rollout, 2, "\"plain\"", 0.25, "incorrect")
            + "{\"step\": 0, \"pro");
    Files.writeString(folder.resolve("secret.jsonl"), "{\"secret\": 1}\n");
    server = new DashboardServer(folder.resolve("runs"), "127.0.0.1", 0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void listsRunsAndReadsFilesThatAreBeingWritten() throws Exception {
    JsonNode runs = JSON.readTree(get("api/runs").body());
    assertThat(runs.at("/0/name").asText()).isEqualTo("20260101-demo");
    assertThat(runs.at("/0/status").asText()).isEqualTo("running");
    assertThat(JSON.readTree(get("api/metrics?run=20260101-demo").body())).hasSize(2);
  }

  @Test
  void rolloutsAreFilteredByRewardVerdictAndText() throws Exception {
    assertThat(matches("")).isEqualTo(2);
    assertThat(matches("&verdict=right")).isEqualTo(1);
    assertThat(matches("&min=0.2&max=0.5")).isEqualTo(1);
    assertThat(matches("&text=PLAIN")).isEqualTo(1);
    assertThat(matches("&verdict=wrong&min=0.9")).isZero();
    assertThat(get("api/rollouts?run=20260101-demo&step=x").statusCode()).isEqualTo(400);
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
        .hasMessageContaining("is no folder");
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
          .startsWith("data: [{");
    }
  }

  @Test
  void chromiumDrawsTheChartsAndShowsHostileOutputAsText() throws Exception {
    String dom = Chromium.dom(server.address() + "?still&step=0", folder.resolve("profile"));
    assertThat(dom).contains("data-charts=\"5\"").contains("1 run, 1 running, still");
    assertThat(dom).contains("20260101-demo: running, newest step 1, written just now");
    assertThat(dom).contains("&lt;img src=x onerror").doesNotContain("<img").contains("P2");
    assertThat(dom).contains("<title>r1zero runs</title>");
  }

  private int matches(String query) throws Exception {
    return JSON.readTree(get("api/rollouts?run=20260101-demo&step=0" + query).body())
        .path("matches")
        .asInt();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(server.address() + path)).build(),
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
