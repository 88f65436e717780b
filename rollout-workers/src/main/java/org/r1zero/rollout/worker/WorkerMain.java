package org.r1zero.rollout.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.PolicySnapshot;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.SamplingListener;
import org.r1zero.rollout.generation.SamplingStatus;
import org.r1zero.verify.process.Daemons;

/**
 * A worker process: reads units from standard input, samples them, writes completions to standard
 * output. It leaves as soon as its input ends, in the middle of a unit too: then its parent is
 * gone.
 */
public final class WorkerMain {
  private static final long HEARTBEAT_MILLIS = 200;

  private final List<Path> files;
  private final PrintStream out;
  private final BlockingQueue<Message> work = new LinkedBlockingQueue<>();
  private volatile long current;
  private volatile long cancelled;
  private volatile Message.Heartbeat state = new Message.Heartbeat(0, SamplingStatus.waiting(0));

  private WorkerMain(List<Path> files, PrintStream out) {
    this.files = files;
    this.out = out;
  }

  /**
   * Runs until standard input ends.
   *
   * @param args the model's folder, the compute type, threads, and the files with the weights
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    // what others print must not come between the messages
    System.setOut(
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
    List<Path> files = Arrays.stream(args).skip(3).map(Path::of).toList();
    WorkerMain worker = new WorkerMain(files, out);
    Daemons.of("requests", worker::read).start();
    worker.run(Path.of(args[0]), ComputeType.valueOf(args[1]), Integer.parseInt(args[2]));
  }

  private void run(Path model, ComputeType type, int threads)
      throws IOException, InterruptedException {
    DecoderConfig config = ModelDirectory.readConfig(model);
    List<PolicySnapshot> snapshots = new ArrayList<>();
    for (Path file : files) {
      snapshots.add(PolicySnapshot.mapped(file, config, type));
    }
    try (Tokenizer tokenizer = Tokenizer.open(model);
        GeneratorHost host = new GeneratorHost(slot -> snapshots.get(slot).policy(), threads)) {
      send(new Message.Ready());
      Daemons.of("heartbeat", this::beat).start();
      while (true) {
        if (!(work.take() instanceof Message.Sample unit)) {
          host.forget(); // the weights stay: they cost more to pack than to keep
          continue;
        }
        current = unit.id();
        state = new Message.Heartbeat(unit.id(), SamplingStatus.waiting(0));
        try {
          FileWeights.requireVersion(files.get(unit.slot()), unit.version());
          host.run(
              unit.requests(),
              unit.config(),
              new Weights(unit.slot(), unit.version()),
              new TokenizerStops(tokenizer, unit.config().stop()),
              new Reporting(unit.id()));
          FileWeights.requireVersion(files.get(unit.slot()), unit.version());
          send(new Message.Done(unit.id()));
        } catch (SamplingCancelledException e) {
          send(new Message.Done(unit.id()));
        } catch (RuntimeException e) {
          String reason = e.getMessage() == null ? e.toString() : e.getMessage();
          send(new Message.Failed(unit.id(), reason));
        } finally {
          current = 0;
        }
      }
    }
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Message message = Message.Codec.read(line.getBytes(StandardCharsets.UTF_8));
        if (message instanceof Message.Sample || message instanceof Message.Rest) {
          work.add(message);
        } else if (message instanceof Message.Cancel cancel) {
          cancelled = cancel.id();
        }
      }
    } catch (JsonProcessingException e) {
      leave(3);
    } catch (IOException e) {
      leave(0);
    }
    leave(0);
  }

  /** At once: the generating thread may be in native code for long. */
  private void leave(int code) {
    if (code == 0) {
      files.forEach(FileWeights::deleteQuietly);
    }
    Runtime.getRuntime().halt(code);
  }

  private void beat() {
    while (true) {
      if (current != 0) {
        send(state);
      }
      try {
        Thread.sleep(HEARTBEAT_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void send(Message message) {
    byte[] line = Message.Codec.write(message);
    synchronized (out) {
      out.writeBytes(line);
      out.write('\n');
      out.flush();
    }
  }

  /** Sends completions, and remembers how far the unit is for the next heartbeat. */
  private final class Reporting implements SamplingListener {
    private final long id;

    Reporting(long id) {
      this.id = id;
    }

    @Override
    public void status(SamplingStatus status) {
      state = new Message.Heartbeat(id, status);
      requireWanted();
    }

    @Override
    public void finished(int request, int sample, Generation generation) {
      requireWanted();
      send(new Message.Finished(id, request, sample, generation));
    }

    private void requireWanted() {
      if (cancelled == id) {
        throw new SamplingCancelledException();
      }
    }
  }
}
