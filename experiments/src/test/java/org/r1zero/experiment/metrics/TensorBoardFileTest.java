package org.r1zero.experiment.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes, compared with those that the package tensorboard 2 reads (docs/LOG.md). */
class TensorBoardFileTest {
  @TempDir private Path folder;

  @Test
  void recordsAreFramedAndHoldTheirStepAndValue() throws IOException {
    TensorBoardFile file = TensorBoardFile.create(folder);
    file.scalars(3, Map.of("reward", 0.5));
    file.scalars(4, Map.of("reward", Double.NaN));
    Path path;
    try (var files = Files.list(folder)) {
      path = files.findFirst().orElseThrow();
    }
    assertThat(path.getFileName().toString()).startsWith("events.out.tfevents.");
    List<byte[]> records = records(Files.readAllBytes(path));
    assertThat(records).hasSize(3);
    assertThat(new String(records.get(0), StandardCharsets.UTF_8)).endsWith("brain.Event:2");
    // after the wall time: step 3, summary { value { tag: "reward" simple_value: 0.5 } }
    assertThat(HexFormat.of().formatHex(records.get(1)).substring(18))
        .isEqualTo("1003" + "2a0f" + "0a0d" + "0a06726577617264" + "150000003f");
    assertThat(HexFormat.of().formatHex(records.get(2)).substring(18)).isEqualTo("1004" + "2a00");
  }

  @Test
  void textsAreStringTensorsOfThePluginText() throws IOException {
    TensorBoardFile.create(folder).texts(3, "r", List.of("ab", "é"));
    byte[] bytes;
    try (var files = Files.list(folder)) {
      bytes = Files.readAllBytes(files.findFirst().orElseThrow());
    }
    // after the wall time: step 3, summary { value { tag: "r"
    //   tensor { dtype: DT_STRING tensor_shape { dim { size: 2 } } string_val: "ab" "é" }
    //   metadata { plugin_data { plugin_name: "text" } data_class: DATA_CLASS_TENSOR } } }
    assertThat(HexFormat.of().formatHex(records(bytes).get(1)).substring(18))
        .isEqualTo(
            "1003"
                + "2a23"
                + "0a21"
                + "0a0172"
                + "4210"
                + "0807"
                + "120412020802"
                + "42026162"
                + "4202c3a9"
                + "4a0a"
                + "0a060a0474657874"
                + "2002");
  }

  @Test
  void checksumsAreMaskedCrc32c() throws IOException {
    TensorBoardFile.create(folder);
    byte[] bytes;
    try (var files = Files.list(folder)) {
      bytes = Files.readAllBytes(files.findFirst().orElseThrow());
    }
    // tensorboard's masked_crc32c of the length 24 as eight bytes
    assertThat(HexFormat.of().formatHex(bytes, 8, 12)).isEqualTo("a37f4b22");
  }

  @Test
  void twoFilesOfOneSecondDoNotMeet() throws IOException {
    TensorBoardFile.create(folder);
    TensorBoardFile.create(folder);
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  private static List<byte[]> records(byte[] bytes) {
    List<byte[]> records = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      byte[] data = new byte[(int) buffer.getLong()];
      buffer.getInt();
      buffer.get(data);
      buffer.getInt();
      records.add(data);
    }
    return records;
  }
}
