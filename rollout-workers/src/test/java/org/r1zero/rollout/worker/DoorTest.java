package org.r1zero.rollout.worker;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class DoorTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final byte[] SECRET = "sixteen letters.".getBytes(StandardCharsets.UTF_8);

  @Test
  void strangersKeepNobodyWaiting() throws Exception {
    try (Door door = new Door(SECRET, LIMIT);
        Strangers strangers = new Strangers()) {
      strangers.visit("127.0.0.1:" + door.port(), SECRET);
      long started = System.nanoTime();
      try (Link mine = Link.to("127.0.0.1:" + door.port(), SECRET, 3, LIMIT);
          Link link = door.next()) {
        assertThat(mine).isNotNull();
        assertThat(requireNonNull(link).rank()).isEqualTo(3);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - started))
          .as("less than one of them is listened to")
          .isLessThan(Duration.ofSeconds(4));
    }
  }

  @Test
  void whoIsNotThereInTimeIsNobody() throws Exception {
    try (Door door = new Door(SECRET, Duration.ofMillis(100))) {
      assertThat(door.next()).isNull();
    }
  }

  @Test
  void closingEndsTheWait() throws Exception {
    Door door = new Door(SECRET, LIMIT);
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread waits =
        new Thread(
            () -> {
              try {
                door.next();
              } catch (IOException | InterruptedException e) {
                ended.complete(e);
              }
            });
    waits.start();
    door.close();
    assertThat(ended.get(5, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> Link.to("127.0.0.1:" + door.port(), SECRET, 0, LIMIT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no connection to 127.0.0.1:");
  }
}
