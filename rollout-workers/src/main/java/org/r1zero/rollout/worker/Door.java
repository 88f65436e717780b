package org.r1zero.rollout.worker;

import java.io.Closeable;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.process.Daemons;

/**
 * Where {@link Link}s arrive. All who connect are heard side by side, so that one who says nothing,
 * or something else than the secret, keeps nobody waiting.
 */
final class Door implements AutoCloseable {
  /** Who knows the secret says it at once: the eldest of so many who have not will not. */
  private static final int MOST_STRANGERS = 64;

  private static final long FAILED_MILLIS = 100;

  private final ServerSocket server = new ServerSocket(0);
  private final byte[] secret;
  private final Duration limit;
  private final Deque<Socket> strangers = new ArrayDeque<>();
  private final Deque<Link> known = new ArrayDeque<>();
  private boolean closed;

  /**
   * Opens a free port.
   *
   * @param secret that those who may enter know
   * @param limit how long the other side of a link may be silent
   */
  Door(byte[] secret, Duration limit) throws IOException {
    this.secret = secret.clone();
    this.limit = limit;
    Daemons.of("learners-door", this::open).start();
  }

  int port() {
    return server.getLocalPort();
  }

  private void open() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        synchronized (this) {
          if (closed) {
            socket.close();
            return;
          }
          strangers.add(socket);
          if (strangers.size() > MOST_STRANGERS) {
            strangers.remove().close();
          }
        }
        Daemons.of("learners-door", () -> greet(socket)).start();
      } catch (IOException e) {
        // it was closed, or somebody has gone already, or the process has no file left to open
        LockSupport.parkNanos(FAILED_MILLIS * 1_000_000);
      }
    }
  }

  private void greet(Socket socket) {
    Link link = Link.from(socket, secret, limit);
    synchronized (this) {
      strangers.remove(socket);
      if (link != null && closed) {
        link.close();
      } else if (link != null) {
        known.add(link);
        notifyAll();
      }
    }
  }

  /**
   * Waits for the next who knows the secret.
   *
   * @return null where nobody has come in time
   * @throws IOException if this was closed
   */
  synchronized @Nullable Link next() throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    for (long left = limit.toMillis(); left > 0; left = (end - System.nanoTime()) / 1_000_000) {
      if (closed) {
        throw new IOException("the exchange was ended");
      }
      if (!known.isEmpty()) {
        return known.remove();
      }
      wait(left);
    }
    return null;
  }

  /** Lets nobody in any more, from any thread; links that were taken stay their taker's. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
      known.forEach(Link::close);
      for (Socket stranger : strangers) {
        closeQuietly(stranger);
      }
    }
    closeQuietly(server);
  }

  static void closeQuietly(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is of no use any more
    }
  }
}
