package org.r1zero.experiment.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * MLflow's REST interface, as far as a run needs it (https://mlflow.org/docs/latest/rest-api.html,
 * version 2.0, which servers of MLflow 2 and 3 speak).
 */
final class MlflowClient {
  /** The server's own limits for one call of log-batch. */
  static final int MAX_METRICS = 1000;

  static final int MAX_PARAMS = 100;
  private static final int MAX_KEY = 250;

  /** Of the oldest servers that are still about; newer ones take 6,000. */
  private static final int MAX_VALUE = 500;

  private static final String API = "/api/2.0/mlflow/";
  private static final String ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String server;
  private final Duration timeout;
  private final @Nullable String authorization;
  private final HttpClient http;

  /**
   * A run as the server has it.
   *
   * @param artifactUri where its artefacts are
   * @param steps how many steps the server has numbers of: the newest, from 1
   */
  record Run(String id, String artifactUri, long steps) {}

  /**
   * A number of a step.
   *
   * @param time in milliseconds since 1970
   */
  record Metric(String key, double value, long time, long step) {}

  /** What the server answers to a request that it refuses. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;
    final int status;

    RefusedException(int status, String message) {
      super(message);
      this.status = status;
    }

    /** Whether the same request may be taken later. */
    boolean isPassing() {
      return status == 408 || status == 429 || status >= 500;
    }
  }

  /**
   * Names the server; nothing is sent.
   *
   * @param environment has the credentials under MLflow's own names
   */
  MlflowClient(String trackingUri, Duration timeout, Map<String, String> environment) {
    this.server = trackingUri.replaceFirst("/+$", "");
    this.timeout = timeout;
    this.authorization = authorization(environment);
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .build();
  }

  private static @Nullable String authorization(Map<String, String> environment) {
    String token = environment.get("MLFLOW_TRACKING_TOKEN");
    String user = environment.get("MLFLOW_TRACKING_USERNAME");
    String password = environment.get("MLFLOW_TRACKING_PASSWORD");
    if (user != null && password != null) {
      byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
      return "Basic " + Base64.getEncoder().encodeToString(both);
    }
    return token == null ? null : "Bearer " + token;
  }

  /** The id of an experiment, which is made where it does not exist. */
  String experiment(String name) throws IOException {
    Optional<String> known = knownExperiment(name);
    if (known.isPresent()) {
      return known.get();
    }
    try {
      ObjectNode body = JSON.createObjectNode().put("name", name);
      return post("experiments/create", body).path("experiment_id").asText();
    } catch (RefusedException e) { // another run may have been faster
      return knownExperiment(name).orElseThrow(() -> e);
    }
  }

  private Optional<String> knownExperiment(String name) throws IOException {
    try {
      JsonNode answer =
          get("experiments/get-by-name?experiment_name=" + encoded(name)).path("experiment");
      if (answer.path("lifecycle_stage").asText().equals("deleted")) {
        throw new RefusedException(
            400, "the experiment " + name + " is deleted there: restore it, or name another");
      }
      return Optional.of(answer.path("experiment_id").asText());
    } catch (RefusedException e) {
      if (e.status == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Begins a run. */
  Run create(String experiment, String name, Map<String, String> tags, long time)
      throws IOException {
    ObjectNode body = JSON.createObjectNode();
    body.put("experiment_id", experiment).put("run_name", name).put("start_time", time);
    putPairs(body.putArray("tags"), tags);
    JsonNode info = post("runs/create", body).at("/run/info");
    return new Run(info.path("run_id").asText(), info.path("artifact_uri").asText(), 0);
  }

  /**
   * A run by its id; empty where the server has it no more.
   *
   * @param metric which each step has, by which steps are counted
   */
  Optional<Run> find(String id, String metric) throws IOException {
    JsonNode run;
    try {
      run = get("runs/get?run_id=" + encoded(id)).path("run");
    } catch (RefusedException e) {
      if (e.status == 404) {
        return Optional.empty();
      }
      throw e;
    }
    if (!run.at("/info/lifecycle_stage").asText("active").equals("active")) {
      return Optional.empty();
    }
    long steps = 0;
    for (JsonNode one : run.at("/data/metrics")) {
      if (one.path("key").asText().equals(metric)) {
        steps = one.path("step").asLong();
      }
    }
    return Optional.of(new Run(id, run.at("/info/artifact_uri").asText(), steps));
  }

  /** Says how a run stands, and when it ended where it has. */
  void update(String run, String status, @Nullable Long ended) throws IOException {
    ObjectNode body = JSON.createObjectNode().put("run_id", run).put("status", status);
    if (ended != null) {
      body.put("end_time", ended);
    }
    post("runs/update", body);
  }

  /** Logs numbers; at most {@link #MAX_METRICS}. */
  void log(String run, List<Metric> metrics) throws IOException {
    ObjectNode body = JSON.createObjectNode().put("run_id", run);
    ArrayNode all = body.putArray("metrics");
    for (Metric metric : metrics) {
      all.addObject()
          .put("key", key(metric.key))
          .put("value", metric.value)
          .put("timestamp", metric.time)
          .put("step", metric.step);
    }
    post("runs/log-batch", body);
  }

  /** Logs parameters or tags; at most {@link #MAX_PARAMS}. */
  void log(String run, String kind, Map<String, String> pairs) throws IOException {
    ObjectNode body = JSON.createObjectNode().put("run_id", run);
    putPairs(body.putArray(kind), pairs);
    post("runs/log-batch", body);
  }

  private static void putPairs(ArrayNode array, Map<String, String> pairs) {
    pairs.forEach(
        (key, value) -> {
          String cut = value.length() > MAX_VALUE ? value.substring(0, MAX_VALUE - 1) + "…" : value;
          array.addObject().put("key", key(key)).put("value", cut);
        });
  }

  /** A key of the characters that the server takes. */
  static String key(String name) {
    String key = name.replaceAll("[^\\w\\-. :/]", "_");
    return key.length() > MAX_KEY ? key.substring(0, MAX_KEY) : key;
  }

  /** Whether the server takes artefacts of the run and keeps them itself. */
  static boolean takesArtifacts(Run run) {
    return run.artifactUri.startsWith("mlflow-artifacts:");
  }

  /** Uploads a file as an artefact of its own name. */
  void upload(Run run, Path file) throws IOException {
    String folder = URI.create(run.artifactUri).getPath().replaceFirst("^/+", "");
    String name = encoded(String.valueOf(file.getFileName()));
    send(
        ARTIFACTS + folder + "/" + name,
        "PUT",
        BodyPublishers.ofFile(file),
        "application/octet-stream");
  }

  private JsonNode get(String path) throws IOException {
    return send(API + path, "GET", BodyPublishers.noBody(), "application/json");
  }

  private JsonNode post(String path, ObjectNode body) throws IOException {
    return send(API + path, "POST", BodyPublishers.ofString(body.toString()), "application/json");
  }

  private JsonNode send(String path, String method, BodyPublisher body, String type)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + path))
            .timeout(timeout)
            .header("Content-Type", type)
            .method(method, body);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    HttpResponse<String> response;
    try {
      response = http.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    int status = response.statusCode();
    JsonNode answer = tree(response.body());
    if (status / 100 != 2) {
      String said = answer.path("message").asText(answer.path("error_code").asText());
      throw new RefusedException(
          status, "HTTP " + status + (said.isEmpty() ? "" : ": " + ShownText.cut(said, 300)));
    }
    return answer;
  }

  private static JsonNode tree(String body) throws IOException {
    try {
      JsonNode tree = body.isBlank() ? JSON.createObjectNode() : JSON.readTree(body);
      return tree.isObject() ? tree : JSON.createObjectNode();
    } catch (IOException e) { // a proxy's page
      return JSON.createObjectNode();
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
