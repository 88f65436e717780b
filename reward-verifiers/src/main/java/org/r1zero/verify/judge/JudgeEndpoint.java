package org.r1zero.verify.judge;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.r1zero.verify.records.Records;

/**
 * An endpoint for chat completions: asked at a limited rate, again after passing faults, with
 * growing waits. When it says that it is asked too often, all threads wait.
 */
final class JudgeEndpoint {
  private static final int MAX_BODY = 1 << 20;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final JudgeConfig config;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final Object turns = new Object();
  private long nextTurn = System.nanoTime();

  JudgeEndpoint(JudgeConfig config) {
    this.config = config;
  }

  /**
   * Asks until there is a score, as often as allowed.
   *
   * @throws JudgeException if there was none
   */
  JudgeReply ask(JudgeRequest request) throws JudgeException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return JudgeReply.of(post(request.body()), config.range());
      } catch (JudgeException e) {
        if (!e.isPassing() || attempt == config.attempts()) {
          throw e;
        }
      }
      double factor = Math.pow(2, attempt - 1) * (1 + ThreadLocalRandom.current().nextDouble() / 4);
      long nanos = (long) (config.backoff().toNanos() * factor);
      TimeUnit.NANOSECONDS.sleep(Math.min(nanos, LONGEST_WAIT.toNanos()));
    }
  }

  private String post(String body) throws JudgeException, InterruptedException {
    awaitTurn();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(config.url())
            .timeout(config.timeout())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (config.key() != null) {
      request.header("Authorization", "Bearer " + config.key());
    }
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    CompletableFuture<HttpResponse<Void>> exchange =
        client.sendAsync(request.build(), bounded(answer));
    HttpResponse<Void> response;
    try {
      response = exchange.get(config.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      exchange.cancel(true);
      throw late();
    } catch (InterruptedException e) {
      exchange.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof java.net.http.HttpTimeoutException) {
        throw late();
      }
      throw new JudgeException(
          config.url() + " can't be reached: " + safe(String.valueOf(e.getCause())), true, false);
    }
    return body(response, answer);
  }

  private JudgeException late() {
    return new JudgeException(
        "no answer from " + config.url() + " within " + config.timeout().toMillis() + " ms",
        true,
        true);
  }

  /** Keeps the beginning, whatever else comes. */
  private static BodyHandler<Void> bounded(ByteArrayOutputStream answer) {
    return BodyHandlers.ofByteArrayConsumer(
        bytes -> {
          if (bytes.isPresent() && answer.size() <= MAX_BODY) {
            answer.write(bytes.get(), 0, Math.min(bytes.get().length, MAX_BODY + 1));
          }
        });
  }

  private String body(HttpResponse<Void> response, ByteArrayOutputStream bytes)
      throws JudgeException {
    int status = response.statusCode();
    String body = bytes.toString(StandardCharsets.UTF_8);
    if (status == 200 && bytes.size() <= MAX_BODY) {
      return body;
    }
    if (status == 200) {
      throw new JudgeException("the answer is longer than " + MAX_BODY + " bytes", false, false);
    }
    if (status == 401 || status == 403) { // its body may quote the key
      throw new JudgeException(
          config.url()
              + " refused the key (HTTP "
              + status
              + "); api_key_env names the environment variable that has it",
          false,
          false);
    }
    boolean busy = status == 429 || status == 503;
    if (busy) {
      holdBack(response.headers().firstValue("Retry-After").orElse(""));
    }
    throw new JudgeException(
        config.url() + " answered HTTP " + status + ": " + safe(body),
        busy || status == 408 || status >= 500,
        false);
  }

  private String safe(String text) {
    String without = config.key() == null ? text : text.replace(config.key(), "***");
    return Records.shortened(without.strip().replaceAll("\\s+", " "), 200, "…");
  }

  /** Waits until the rate allows another request. */
  private void awaitTurn() throws InterruptedException {
    long gap = config.perMinute() == 0 ? 0 : TimeUnit.MINUTES.toNanos(1) / config.perMinute();
    long wait;
    synchronized (turns) {
      long now = System.nanoTime();
      long turn = Math.max(now, nextTurn);
      nextTurn = turn + gap;
      wait = turn - now;
    }
    TimeUnit.NANOSECONDS.sleep(wait);
  }

  /** Nobody asks before the endpoint's wish is over. */
  private void holdBack(String retryAfter) {
    long nanos = Math.min(seconds(retryAfter).toNanos(), LONGEST_WAIT.toNanos());
    synchronized (turns) {
      nextTurn = Math.max(nextTurn, System.nanoTime() + nanos);
    }
  }

  private static Duration seconds(String retryAfter) {
    if (retryAfter.matches("\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(retryAfter));
    }
    try {
      Instant at =
          ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(Instant.now(), at);
      return wait.isNegative() ? Duration.ZERO : wait;
    } catch (DateTimeParseException e) {
      return Duration.ZERO;
    }
  }
}
