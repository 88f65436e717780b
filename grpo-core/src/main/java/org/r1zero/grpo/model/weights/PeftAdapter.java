package org.r1zero.grpo.model.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.r1zero.grpo.files.Folders;
import org.r1zero.grpo.model.LoraAdapters;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.torch.ArrayBlocks;

/** Writes a model's adapters as a folder that PEFT loads: its config and its tensors. */
public final class PeftAdapter {
  private static final ObjectMapper JSON = new ObjectMapper();

  private PeftAdapter() {}

  /**
   * Writes a folder, which appears whole or not at all.
   *
   * @param base the model that the adapters belong to: what {@code base_model_name_or_path} says
   * @param target must not exist
   */
  public static void write(LoraAdapters adapters, String base, Path target) throws IOException {
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(
          target.toString(), null, "adapters are written to a new folder; choose another name");
    }
    Folders.make(target, fresh -> writeFiles(adapters, base, fresh));
  }

  private static void writeFiles(LoraAdapters adapters, String base, Path folder)
      throws IOException {
    Files.createDirectories(folder);
    JSON.writerWithDefaultPrettyPrinter()
        .writeValue(folder.resolve("adapter_config.json").toFile(), config(adapters, base));
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("adapter_model.safetensors"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE);
        SafetensorsWriter writer =
            new SafetensorsWriter(channel, TensorType.F32, adapters.shapes())) {
      for (Parameter parameter : adapters.parameters()) {
        ArrayBlocks.read(parameter.value(), writer::write);
      }
    }
  }

  private static ObjectNode config(LoraAdapters adapters, String base) {
    ObjectNode node = JSON.createObjectNode();
    node.put("peft_type", "LORA");
    node.put("task_type", "CAUSAL_LM");
    node.put("base_model_name_or_path", base);
    node.put("r", adapters.config().r());
    node.put("lora_alpha", adapters.config().loraAlpha());
    node.put("lora_dropout", 0.0);
    node.put("bias", "none");
    node.put("fan_in_fan_out", false);
    node.put("inference_mode", true);
    node.set("target_modules", JSON.valueToTree(adapters.config().targetModules()));
    return node;
  }
}
