package org.r1zero.experiment.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.r1zero.grpo.StepReport;
import org.r1zero.rollout.generation.SamplingStatus;

class MetricsEndpointTest {

  @Test
  void saysHowFarSamplingIsAndWhatTheLastStepMeasured() throws Exception {
    try (MetricsEndpoint endpoint = new MetricsEndpoint(0)) {
      endpoint.sampling(
          3, new SamplingStatus(5, 2, 9, 170, new SamplingStatus.Cache(2048, 8192), 2, 1));
      endpoint.stepFinished(
          new StepReport(2, Map.of("reward", 0.25, "sampling/staleness/max", 1.0)));
      assertThat(endpoint.address()).startsWith("http://127.0.0.1:");
      assertThat(read(endpoint))
          .contains("r1zero_rollouts_finished 5.0")
          .contains("r1zero_rollouts_running 2.0")
          .contains("r1zero_rollouts_waiting 9.0")
          .contains("r1zero_rollouts_step 4.0")
          .contains("r1zero_rollouts_cache_used_bytes 2048.0")
          .contains("r1zero_rollouts_cache_held_bytes 8192.0")
          .contains("r1zero_workers_alive 2.0")
          .contains("r1zero_workers_replaced 1.0")
          .contains("r1zero_steps_done 3.0")
          .contains("r1zero_step_metric{name=\"reward\"} 0.25")
          .contains("r1zero_step_metric{name=\"sampling/staleness/max\"} 1.0");
    }
  }

  @Test
  void aPortThatIsTakenIsSaid() throws IOException {
    try (MetricsEndpoint endpoint = new MetricsEndpoint(0)) {
      int port = URI.create(endpoint.address()).getPort();
      assertThatThrownBy(() -> new MetricsEndpoint(port)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aRequestForAnotherHostIsRefused() throws IOException {
    try (MetricsEndpoint endpoint = new MetricsEndpoint(0);
        Socket socket =
            new Socket(
                InetAddress.getLoopbackAddress(), URI.create(endpoint.address()).getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 403");
    }
  }

  private static String read(MetricsEndpoint endpoint) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(endpoint.address())).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
