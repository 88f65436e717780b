package org.r1zero.rollout.worker;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.r1zero.verify.process.Daemons;

/**
 * Learners in a ring, each connected to the next, which add up their gradients (reduce-scatter): a
 * stretch at a time, of which each learner ends with the sum of one part, after as many hops as
 * there are others, and delivers it. A learner sends all of its gradient but a part to the next
 * one, however many there are.
 *
 * <p>Additions are done in the order of the ring: sums depend on the number of learners, not on
 * which was faster. Stretches are short, so that whoever is silent for long has stopped, however
 * long the whole takes.
 */
final class Ring implements AutoCloseable {
  private static final long WATCH_MILLIS = 200;

  /** Numbers of a learner's part of a stretch: far more than arrive while one hop is waited for. */
  private static final long PART = 1 << 20;

  private final int rank;
  private final Duration limit;
  private final byte[] secret;
  private final ExecutorService sender;
  private final List<Link> links = new ArrayList<>();
  private boolean closed;

  /** A part of a vector, up to its end. */
  record Part(long from, long to) {}

  /** The parts of a vector whose sums a learner has, in their order. */
  static List<Part> sums(int rank, int count, long size) {
    List<Part> sums = new ArrayList<>();
    for (long at = 0; at < size; at += count * PART) {
      sums.add(part(rank + 1, count, at, size));
    }
    return sums;
  }

  /** A part of the stretch that begins somewhere in a vector. */
  private static Part part(int number, int count, long start, long size) {
    long length = Math.min(count * PART, size - start);
    int place = Math.floorMod(number, count);
    return new Part(start + length * place / count, start + length * (place + 1) / count);
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
    this.sender = Executors.newSingleThreadExecutor(Daemons.named("learner-" + rank + "-sends"));
  }

  /**
   * Adds up.
   *
   * @param door where the one before connects
   * @param addresses where each listens, by rank
   * @param vector this learner's; afterwards it holds sums and parts of sums
   * @param inbox gets the {@link #sums} that this learner has; closed with this ring, whose thread
   *     sends to it
   */
  void sum(Door door, List<String> addresses, LongVector vector, Link inbox)
      throws IOException, InterruptedException {
    kept(inbox);
    int count = addresses.size();
    int after = (rank + 1) % count;
    Link to = null;
    Link from = null;
    if (count > 1) {
      to = kept(Link.to(addresses.get(after), secret, rank, limit));
      from = before(door, Math.floorMod(rank - 1, count));
    }
    for (long at = 0; at < vector.size(); at += count * PART) {
      if (to != null && from != null) {
        for (int hop = 0; hop < count - 1; hop++) {
          Part comes = part(rank - hop - 1, count, at, vector.size());
          Sending sending =
              new Sending(
                  to, "learner " + after, vector, part(rank - hop, count, at, vector.size()));
          from.receive(comes.from(), comes.to(), vector::add);
          sending.await();
        }
      }
      new Sending(inbox, "the driver", vector, part(after, count, at, vector.size())).await();
    }
  }

  private Link before(Door door, int number) throws IOException, InterruptedException {
    Link link = door.next();
    if (link == null) {
      throw new IOException(
          "learner " + number + " did not connect within " + limit.toSeconds() + " s");
    }
    if (link.rank() != number) {
      link.close();
      throw new IOException("learner " + link.rank() + " connected in place of " + number);
    }
    return kept(link);
  }

  /** Part of a vector on its way, from a thread of its own: in a ring all send at once. */
  private final class Sending {
    private final Link to;
    private final String taker;
    private final Future<?> sent;

    Sending(Link to, String taker, LongVector vector, Part part) {
      this.to = to;
      this.taker = taker;
      this.sent =
          sender.submit(
              () -> {
                to.send(vector, part.from(), part.to());
                return null;
              });
    }

    /** Waits for its end, as long as something of it leaves. */
    void await() throws IOException, InterruptedException {
      long seen = to.sent();
      long last = System.nanoTime();
      while (true) {
        try {
          sent.get(WATCH_MILLIS, TimeUnit.MILLISECONDS);
          return;
        } catch (ExecutionException e) {
          throw new IOException(
              taker + " was lost: " + requireNonNull(e.getCause()).getMessage(), e);
        } catch (TimeoutException e) {
          if (to.sent() != seen) {
            seen = to.sent();
            last = System.nanoTime();
          } else if (System.nanoTime() - last > limit.toNanos()) {
            throw new IOException(taker + " took nothing for " + limit.toSeconds() + " s", e);
          }
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
