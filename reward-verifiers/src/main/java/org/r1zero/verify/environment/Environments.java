package org.r1zero.verify.environment;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.r1zero.verify.NearestName;
import org.r1zero.verify.Plugins;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verifiers;

/** All environments that can be had by name: the built-in ones and those of plug-in jars. */
public final class Environments {
  private Environments() {}

  /**
   * Makes an environment whose conversations have a limit.
   *
   * @param maxTurns turns of the model after which a conversation is over, whatever the environment
   *     says; at least 1
   * @param plugins folders of plug-in jars
   * @throws IllegalArgumentException if there is none of that name, or an option is wrong
   */
  public static EnvironmentFactory create(
      String id, JsonNode options, int maxTurns, Collection<Path> plugins) {
    ClassLoader loader = Plugins.loader(plugins);
    Map<String, EnvironmentProvider> found = new TreeMap<>();
    for (EnvironmentProvider provider :
        Plugins.providers(EnvironmentProvider.class, loader, "environment")) {
      if (found.put(provider.id(), provider) != null) {
        throw new IllegalArgumentException(
            "two environments have the id '" + provider.id() + "'; remove one");
      }
    }
    EnvironmentProvider provider = found.get(id);
    if (provider == null) {
      throw NearestName.unknown("environment", id, found.keySet());
    }
    EnvironmentFactory factory = provider.create(options, Verifiers.discover(loader));
    return (problem, seed) -> new Guarded(id, problem, begin(id, factory, problem, seed), maxTurns);
  }

  private static Environment begin(
      String id, EnvironmentFactory factory, Problem problem, long seed) {
    try {
      return factory.begin(problem, seed);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          String.format(
              "environment '%s' can't begin with problem %s: %s", id, problem.id(), e.getMessage()),
          e);
    } catch (RuntimeException e) {
      throw failed(id, problem, e);
    }
  }

  /** Names the environment where it fails, and ends at the limit of turns. */
  private static final class Guarded implements Environment {
    private final String id;
    private final Problem problem;
    private final Environment environment;
    private int turnsLeft;

    Guarded(String id, Problem problem, Environment environment, int maxTurns) {
      this.id = id;
      this.problem = problem;
      this.environment = environment;
      this.turnsLeft = maxTurns;
    }

    @Override
    public Reply step(String text) {
      Reply reply;
      try {
        reply = environment.step(text);
      } catch (RuntimeException e) {
        throw failed(id, problem, e);
      }
      turnsLeft--;
      return reply.done() || turnsLeft > 0 ? reply : new Reply("", reply.reward(), true);
    }
  }

  private static IllegalStateException failed(String id, Problem problem, RuntimeException cause) {
    return new IllegalStateException(
        "environment '" + id + "' failed on problem " + problem.id() + ": " + cause.getMessage(),
        cause);
  }
}
