package org.r1zero.rollout.worker;

import static java.util.Objects.requireNonNull;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.PolicySnapshot;
import org.r1zero.rollout.generation.DeviceShare;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.StopCondition;

/** Finds backends by name, and makes the pools of this module's own. */
public final class WorkerPools {
  private WorkerPools() {}

  /** Names of the backends that are on the class path, sorted. */
  public static List<String> backends() {
    return List.copyOf(found().keySet());
  }

  /**
   * The backend of a name.
   *
   * @throws IllegalArgumentException if there is none; the message lists those that there are
   */
  public static WorkerBackend backend(String name) {
    NavigableMap<String, WorkerBackend> found = found();
    WorkerBackend backend = found.get(name);
    if (backend == null) {
      throw new IllegalArgumentException(
          "backend must be one of " + String.join(", ", found.keySet()) + ", was " + name);
    }
    return backend;
  }

  private static NavigableMap<String, WorkerBackend> found() {
    TreeMap<String, WorkerBackend> found = new TreeMap<>();
    for (WorkerBackend one :
        ServiceLoader.load(WorkerBackend.class, WorkerPools.class.getClassLoader())) {
      WorkerBackend other = found.put(one.name(), one);
      if (other != null) {
        throw new IllegalArgumentException(
            "two backends are named "
                + one.name()
                + ": "
                + other.getClass()
                + " and "
                + one.getClass());
      }
    }
    return found;
  }

  /**
   * Workers in this process, on threads of their own. Those of a device share one copy of the
   * weights in the compute type; where no devices are named, nobody samples while the policy is
   * trained, and there is one worker or the type is fp32, they read the policy's own.
   *
   * @param version of the policy's weights
   * @param stops makes what ends a completion from the texts that do
   * @param say is notified of each lost worker
   */
  public static WorkerPool inProcess(
      PoolOptions options,
      long version,
      PolicyModel policy,
      Function<SamplingConfig, StopCondition> stops,
      Consumer<String> say) {
    // of several workers in bf16 each would convert the weights for itself
    boolean live =
        options.devices().isEmpty()
            && !options.ahead()
            && (policy.computeType() == ComputeType.FLOAT32 || options.workers() == 1);
    List<Device> devices =
        options.devices().isEmpty() ? List.of(policy.device()) : options.devices();
    LocalWeights weights =
        live ? LocalWeights.live(policy) : LocalWeights.copies(policy, devices, options.slots());
    boolean shared = options.ahead() || options.workers() > devices.size();
    List<DeviceShare> shares = shares(options, devices, policy.device());
    return new SupervisedPool(
        weights,
        (place, number) ->
            new LocalWorker(
                number,
                new GeneratorHost(
                    slot -> weights.policy(place, slot),
                    options.threads(),
                    shared,
                    shares.get(place % shares.size())),
                stops,
                options.hangTimeout()),
        options,
        version,
        policy,
        say);
  }

  /**
   * Who samples on each of the devices, which workers take in turn.
   *
   * @param devices one may be named twice: it has one share
   * @param policy where the policy is
   */
  static List<DeviceShare> shares(PoolOptions options, List<Device> devices, Device policy) {
    Map<Device, Integer> workers = new HashMap<>();
    for (int place = 0; place < options.workers(); place++) {
      workers.merge(devices.get(place % devices.size()), 1, Integer::sum);
    }
    Map<Device, DeviceShare> shares = new HashMap<>();
    workers.forEach(
        (device, count) ->
            shares.put(device, new DeviceShare(count, options.trained() && device.equals(policy))));
    // a device that no worker takes has none
    return devices.stream()
        .limit(options.workers())
        .map(device -> requireNonNull(shares.get(device)))
        .toList();
  }

  /**
   * Workers in processes of their own, which map the weights from files.
   *
   * @param version of the policy's weights
   * @param model the folder with the model's configuration and tokenizer
   * @param folder where the files with the weights go
   * @param say is notified of each lost worker
   * @throws IllegalArgumentException if the folder has not enough room, or the policy is not on the
   *     CPU
   */
  public static WorkerPool processes(
      PoolOptions options,
      long version,
      PolicyModel policy,
      Path model,
      Path folder,
      Consumer<String> say) {
    if (policy.device().isGpu()) {
      throw new IllegalArgumentException(
          "rollouts.backend must be in_process where the policy is on a GPU: processes share the"
              + " CPU's memory only");
    }
    FileWeights weights = new FileWeights(folder, policy, options.slots());
    List<String> arguments = new ArrayList<>();
    arguments.add(model.toAbsolutePath().toString());
    arguments.add(policy.computeType().name());
    arguments.add(String.valueOf(options.threads()));
    weights.files().forEach(file -> arguments.add(file.toString()));
    return new SupervisedPool(
        weights,
        (place, number) -> {
          try {
            return new ProcessWorker(
                number, ProcessWorker.command(arguments), options.hangTimeout());
          } catch (IOException e) {
            throw new WorkerLostException("a worker process can't be started: " + e.getMessage());
          }
        },
        options,
        version,
        policy,
        say);
  }

  /** How many bytes a policy's weights take on each machine of {@link #remote}. */
  public static long remoteRoom(PolicyModel policy) {
    return (RemoteWeights.sendsAdapters(policy) ? 3 : 2)
        * PolicySnapshot.bytes(policy.config(), policy.computeType());
  }

  /**
   * Workers elsewhere: each unit is a task.
   *
   * @param cluster runs the tasks; it is closed with the pool
   * @throws IllegalArgumentException if the policy is on a GPU, or no number of threads is set
   */
  public static WorkerPool remote(PoolOptions options, PoolSource source, Cluster cluster) {
    return new RemotePool(options, source, cluster);
  }
}
