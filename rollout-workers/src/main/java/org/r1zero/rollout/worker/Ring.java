package org.r1zero.rollout.worker;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Learners in a ring, each connected to the next, which add up their gradients: each ends with the
 * sum of one part, after as many hops as there are others (reduce-scatter). A learner sends all of
 * its gradient but a part, however many there are.
 *
 * <p>Additions are done in the order of the ring: sums depend on the number of learners, not on
 * which was faster.
 */
final class Ring implements AutoCloseable {
  private static final long WATCH_MILLIS = 200;

  private final int rank;
  private final Duration limit;
  private final byte[] secret;
  private final ExecutorService sender;
  private final List<Link> links = new ArrayList<>();
  private boolean closed;

  /** A part of a vector, up to its end. */
  record Part(long from, long to) {
    static Part of(int number, int count, long size) {
      return new Part(size * number / count, size * (number + 1) / count);
    }
  }

  /**
   * A place in it.
   *
   * @param secret that all know
   * @param limit how long another one may be silent
   */
  Ring(int rank, byte[] secret, Duration limit) {
    this.rank = rank;
    this.secret = secret;
    this.limit = limit;
    this.sender =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "learner-" + rank + "-sends");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Adds up.
   *
   * @param server where the one before connects
   * @param addresses where each listens, by rank
   * @param vector this learner's; what it holds afterwards is of use in the returned part only
   * @return where it holds the sum
   */
  Part sum(ServerSocket server, List<String> addresses, LongVector vector)
      throws IOException, InterruptedException {
    int count = addresses.size();
    int after = (rank + 1) % count;
    if (count > 1) {
      Link to = kept(Link.to(addresses.get(after), secret, rank, limit));
      Link from = kept(Link.accept(server, secret, limit));
      for (int hop = 0; hop < count - 1; hop++) {
        Part goes = part(rank - hop, count, vector);
        Part comes = part(rank - hop - 1, count, vector);
        Future<?> sent =
            sender.submit(
                () -> {
                  to.send(vector, goes.from(), goes.to());
                  return null;
                });
        from.receive(comes.from(), comes.to(), vector::add);
        await(sent, to, after);
      }
    }
    return part(after, count, vector);
  }

  private static Part part(int number, int count, LongVector vector) {
    return Part.of(Math.floorMod(number, count), count, vector.size());
  }

  /** Waits for what is sent, as long as something of it leaves. */
  private void await(Future<?> sent, Link to, int after) throws IOException, InterruptedException {
    long seen = to.sent();
    long last = System.nanoTime();
    while (true) {
      try {
        sent.get(WATCH_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (ExecutionException e) {
        throw new IOException(
            "learner " + after + " was lost: " + requireNonNull(e.getCause()).getMessage(), e);
      } catch (TimeoutException e) {
        if (to.sent() != seen) {
          seen = to.sent();
          last = System.nanoTime();
        } else if (System.nanoTime() - last > limit.toNanos()) {
          throw new IOException(
              "learner " + after + " took nothing for " + limit.toSeconds() + " s", e);
        }
      }
    }
  }

  private synchronized Link kept(Link link) throws IOException {
    links.add(link);
    if (closed) {
      link.close();
      throw new IOException("the exchange was ended");
    }
    return link;
  }

  /** Ends what goes on, from any thread. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      sender.shutdownNow();
      links.forEach(Link::close);
    }
    try {
      // what is being sent reads the vector, whose memory is its owner's again afterwards
      if (!sender.awaitTermination(WATCH_MILLIS * 50, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(
            "learner " + rank + " still sends over a closed connection");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
