package org.r1zero.rollout.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/** Learners' exchanges alone, over sockets of this machine. */
@Tag("slow")
class RingTest {
  private static final String HERE = "127.0.0.1:";
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @ParameterizedTest
  @CsvSource({"1,5", "1,2500000", "2,1", "2,5000000", "3,7000001"})
  void sumsAreThoseOfAllWhoeverElseConnects(int learners, int size) throws Exception {
    try (Strangers strangers = new Strangers()) {
      exchange(learners, size, Duration.ofSeconds(60), address -> address, strangers);
    }
  }

  /**
   * Each hop and each delivery goes on, though all of them take longer than anybody may be silent.
   */
  @Test
  void whatMovesIsNotEndedHoweverLongItTakes() throws Exception {
    Duration limit = Duration.ofSeconds(6);
    try (Slow slow = new Slow(4 << 20);
        Strangers strangers = new Strangers()) {
      long started = System.nanoTime();
      exchange(2, 16_000_000, limit, slow::to, strangers);
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(limit);
    }
  }

  /** Who sends half of what it has to and is gone is missed, and so is who goes silent there. */
  @ParameterizedTest
  @CsvSource({"true,learner 1 was lost", "false,learner 1 sent nothing for 5 s"})
  void halfAMessageIsAFault(boolean leaves, String fault) throws Exception {
    Duration limit = Duration.ofSeconds(5);
    byte[] secret = new byte[16];
    try (Scope scope = Torch.openScope(Device.cpu());
        Door door = new Door(secret, limit);
        Door other = new Door(secret, limit);
        Door driver = new Door(secret, limit);
        Link inbox = Link.to(HERE + driver.port(), secret, 0, limit);
        Ring ring = new Ring(0, secret, limit)) {
      Link half = Link.to(HERE + door.port(), secret, 1, limit);
      LongVector vector = new LongVector(List.of(scope.floats(new float[200_000])));
      half.send(vector, 0, 30_000);
      if (leaves) {
        half.close();
      }
      assertThatThrownBy(
              () -> ring.sum(door, List.of(HERE + door.port(), HERE + other.port()), vector, inbox))
          .isInstanceOf(IOException.class)
          .hasMessage(fault);
      half.close();
    }
  }

  /** Nothing is sent any more when the ring is closed, whose vector is freed then. */
  @Test
  void aDriverThatTakesNothingIsAFault() throws Exception {
    Duration limit = Duration.ofSeconds(2);
    byte[] secret = new byte[16];
    try (Scope scope = Torch.openScope(Device.cpu());
        Door driver = new Door(secret, limit)) {
      LongVector vector = new LongVector(List.of(scope.floats(new float[20_000_000])));
      Link inbox = Link.to(HERE + driver.port(), secret, 0, limit);
      Ring ring = new Ring(0, secret, limit);
      assertThatThrownBy(() -> ring.sum(driver, List.of("nobody"), vector, inbox))
          .isInstanceOf(IOException.class)
          .hasMessage("the driver took nothing for 2 s");
      assertThatCode(ring::close).doesNotThrowAnyException();
    }
  }

  @Test
  void anotherOnesNumberIsAFault() throws Exception {
    Duration limit = Duration.ofSeconds(5);
    byte[] secret = new byte[16];
    try (Scope scope = Torch.openScope(Device.cpu());
        Door door = new Door(secret, limit);
        Link inbox = Link.to(HERE + door.port(), secret, 2, limit);
        Ring ring = new Ring(0, secret, limit)) {
      LongVector vector = new LongVector(List.of(scope.floats(1, 2)));
      assertThatThrownBy(
              () -> ring.sum(door, List.of(HERE + door.port(), HERE + door.port()), vector, inbox))
          .hasMessageContaining("connected in place of 1");
    }
  }

  /**
   * Has learners add up and checks the sums.
   *
   * @param way from a port to where it is reached
   */
  private void exchange(
      int learners, int size, Duration limit, UnaryOperator<String> way, Strangers strangers)
      throws Exception {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      float[] expected = new float[size];
      List<NDArray> own = new ArrayList<>();
      for (int rank = 0; rank < learners; rank++) {
        float[] numbers = new float[size];
        for (int i = 0; i < size; i++) {
          numbers[i] = (i % 1000) * (rank + 1);
          expected[i] += numbers[i];
        }
        own.add(scope.floats(numbers));
      }
      NDArray sums = scope.floats(new float[size]);
      try (SumInbox inbox = new SumInbox(new LongVector(List.of(sums)), learners, limit)) {
        strangers.visit(HERE + inbox.port(), inbox.secret());
        List<Future<?>> running = new ArrayList<>();
        for (int rank = 0; rank < learners; rank++) {
          LongVector vector = new LongVector(List.of(own.get(rank)));
          int number = rank;
          running.add(
              threads.submit(
                  () -> {
                    learn(number, vector, inbox, limit, way, strangers);
                    return null;
                  }));
        }
        for (Future<?> one : running) {
          one.get();
        }
        assertThat(inbox.isFull()).isTrue();
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause());
      }
      assertThat(sums.toFloatArray()).isEqualTo(expected);
    }
  }

  private static void learn(
      int rank,
      LongVector vector,
      SumInbox inbox,
      Duration limit,
      UnaryOperator<String> way,
      Strangers strangers)
      throws IOException, InterruptedException {
    byte[] secret = inbox.secret();
    try (Door door = new Door(secret, limit);
        Link link = Link.to(way.apply(HERE + inbox.port()), secret, rank, limit);
        Ring ring = new Ring(rank, secret, limit)) {
      synchronized (strangers) {
        strangers.visit(HERE + door.port(), secret);
      }
      link.tell(List.of(way.apply(HERE + door.port())));
      ring.sum(door, link.told(), vector, link);
      link.receive();
    }
  }

  /** Passes on what it gets, so many bytes a second for each connection. */
  private final class Slow implements AutoCloseable {
    private final int bytesPerSecond;
    private final List<Closeable> open = new ArrayList<>();

    Slow(int bytesPerSecond) {
      this.bytesPerSecond = bytesPerSecond;
    }

    /** A port that leads to another one. */
    synchronized String to(String address) {
      try {
        ServerSocket server = new ServerSocket(0);
        open.add(server);
        threads.execute(
            () -> {
              try {
                Socket near = kept(server.accept());
                int port = Integer.parseInt(address.substring(HERE.length()));
                Socket far = kept(new Socket(InetAddress.getLoopbackAddress(), port));
                threads.execute(() -> pass(far, near));
                pass(near, far);
              } catch (IOException e) {
                // the test is over
              }
            });
        return HERE + server.getLocalPort();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private synchronized Socket kept(Socket socket) throws IOException {
      socket.setReceiveBufferSize(1 << 16);
      open.add(socket);
      return socket;
    }

    private void pass(Socket from, Socket to) {
      byte[] some = new byte[bytesPerSecond / 50];
      try (InputStream in = from.getInputStream();
          OutputStream out = to.getOutputStream()) {
        for (int got = in.read(some); got > 0; got = in.read(some)) {
          out.write(some, 0, got);
          Thread.sleep(1000L * got / bytesPerSecond);
        }
      } catch (IOException | InterruptedException e) {
        // it has been closed
      }
    }

    @Override
    public synchronized void close() throws IOException {
      for (Closeable one : open) {
        one.close();
      }
    }
  }
}
