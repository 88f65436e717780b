package org.r1zero.coldstart.curate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.r1zero.coldstart.records.BadRecord;
import org.r1zero.grpo.files.Hashes;

/**
 * Where a file of examples comes from: written beside it as JSON and as Markdown.
 *
 * @param name of the data
 * @param sources what the traces were made from, such as a model and its hash, or a file and its
 * @param licence of the data
 * @param seed of sampling and choice
 * @param left how many traces were left after each filter
 * @param bad records that could not be used
 * @param config how they were chosen
 */
public record DataCard(
    String name,
    Map<String, String> sources,
    String licence,
    long seed,
    Map<String, Integer> left,
    List<BadRecord> bad,
    ObjectNode config) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Writes {@code data-card.json} and {@code data-card.md} beside a file of examples.
   *
   * @param data the file, written already: its hash is part of the card
   * @param difficulties how many of its examples have which
   */
  public void write(Path data, SortedMap<Integer, Integer> difficulties) throws IOException {
    int examples = difficulties.values().stream().mapToInt(Integer::intValue).sum();
    String file = data.getFileName().toString();
    String hash = Hashes.sha256(data);
    ObjectNode node = JSON.createObjectNode();
    node.put("name", name).put("file", file).put("sha256", hash);
    node.put("examples", examples).put("licence", licence).put("seed", seed);
    node.set("sources", JSON.valueToTree(sources));
    node.set("left_after", JSON.valueToTree(left));
    node.set("by_difficulty", JSON.valueToTree(difficulties));
    ArrayNode faults = node.putArray("bad_records");
    bad.forEach(b -> faults.add(b.toString()));
    node.set("config", config);
    JSON.writerWithDefaultPrettyPrinter()
        .writeValue(data.resolveSibling("data-card.json").toFile(), node);
    StringBuilder text = new StringBuilder();
    text.append("# ").append(name).append("\n\n");
    text.append(examples).append(" examples in `").append(file).append("`, sha256 `");
    text.append(hash).append("`. Licence: ").append(licence).append(". Seed ").append(seed);
    text.append(".\n\n");
    table(text, "source", "sha256", sources);
    table(text, "filter", "traces left", new LinkedHashMap<>(left));
    table(text, "difficulty", "examples", difficulties);
    text.append(bad.size()).append(" bad records\n");
    bad.forEach(b -> text.append("- ").append(b).append('\n'));
    Files.write(
        data.resolveSibling("data-card.md"), text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void table(StringBuilder text, String left, String right, Map<?, ?> rows) {
    text.append("| ").append(left).append(" | ").append(right).append(" |\n| --- | --- |\n");
    rows.forEach((k, v) -> text.append("| ").append(k).append(" | ").append(v).append(" |\n"));
    text.append('\n');
  }
}
