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
      throw new IllegalArgumentException(
          "no environment '"
              + id
              + "'"
              + NearestName.hint(id, found.keySet())
              + "; found: "
              + String.join(", ", found.keySet()));
    }
    EnvironmentFactory factory = provider.create(options, Verifiers.discover(plugins));
    return (problem, seed) -> limited(id, factory, problem, seed, maxTurns);
  }

  private static Environment limited(
      String id, EnvironmentFactory factory, Problem problem, long seed, int maxTurns) {
    Environment environment = begin(id, factory, problem, seed);
    int[] turns = {0};
    return text -> {
      try {
        Environment.Reply reply = environment.step(text);
        turns[0]++;
        return reply.done() || turns[0] < maxTurns
            ? reply
            : new Environment.Reply("", reply.reward(), true);
      } catch (RuntimeException e) {
        throw failed(id, problem, e);
      }
    };
  }

  private static Environment begin(
      String id, EnvironmentFactory factory, Problem problem, long seed) {
    try {
      return factory.begin(problem, seed);
    } catch (RuntimeException e) {
      throw failed(id, problem, e);
    }
  }

  private static IllegalStateException failed(String id, Problem problem, RuntimeException cause) {
    return new IllegalStateException(
        "environment '" + id + "' failed on problem " + problem.id() + ": " + cause, cause);
  }
}
