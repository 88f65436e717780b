package org.r1zero.experiment.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.r1zero.grpo.files.Folders;
import org.r1zero.verify.ProgramHome;

/**
 * Files that options name, such as {@code {file: reward.py}}: what a verifier or an environment
 * says depends on what is in them too.
 */
public final class NamedFiles {
  private NamedFiles() {}

  /**
   * The files.
   *
   * @param options any text in them that is a file's name counts
   * @param plugins folders of plug-in jars
   * @return files and folders by the names that they are given there
   */
  public static Map<String, Path> of(JsonNode options, List<Path> plugins) throws IOException {
    Map<String, Path> all = new LinkedHashMap<>();
    try (JsonParser texts = options.traverse()) {
      for (JsonToken next = texts.nextToken(); next != null; next = texts.nextToken()) {
        if (next == JsonToken.VALUE_STRING) {
          Path file = ProgramHome.find(Path.of(texts.getText().replace("\0", "")));
          if (Files.isRegularFile(file)) {
            all.put(texts.getText(), file);
          }
        }
      }
    }
    plugins.forEach(folder -> all.put(folder.toString(), folder));
    return all;
  }

  /** Hashes of what is in them, each after a space. */
  public static String contents(JsonNode options, List<Path> plugins) throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path path : of(options, plugins).values()) {
      all.append(' ').append(Folders.hash(path));
    }
    return all.toString();
  }
}
