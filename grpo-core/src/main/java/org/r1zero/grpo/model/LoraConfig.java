package org.r1zero.grpo.model;

import java.io.Serializable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.r1zero.grpo.faults.Faults;

/**
 * Options of low-rank adapters (LoRA, arXiv:2106.09685), under PEFT's names.
 *
 * @param r the adapters' rank; 0 trains all weights instead
 * @param loraAlpha adapters are scaled by {@code lora_alpha / r}
 * @param targetModules which projections have one: {@code q_proj}, {@code k_proj}, {@code v_proj},
 *     {@code o_proj}, {@code gate_proj}, {@code up_proj}, {@code down_proj}, or {@code all-linear}
 */
public record LoraConfig(int r, double loraAlpha, List<String> targetModules)
    implements Serializable {
  /** All projections of a block, in the order that {@code decoder.py} expects. */
  static final List<String> TARGETS =
      List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

  /** Checks the ranges and names; all faults are named at once. */
  public LoraConfig {
    Faults faults = new Faults();
    faults.atLeast(0, "r", r, "16 is usual; 0 trains all weights");
    faults.require(
        loraAlpha > 0,
        "lora_alpha",
        "must be > 0, was " + loraAlpha + " (as large as r, or twice, is usual)");
    Set<String> chosen = new LinkedHashSet<>();
    for (String name : targetModules) {
      if (name.equals("all-linear")) {
        chosen.addAll(TARGETS);
      } else if (TARGETS.contains(name)) {
        chosen.add(name);
      } else {
        faults.add(
            "target_modules",
            "must be of " + String.join(", ", TARGETS) + " or all-linear, was " + name);
      }
    }
    faults.require(
        !targetModules.isEmpty(), "target_modules", "must name at least one projection, was empty");
    faults.check();
    targetModules = List.copyOf(chosen);
  }

  /** All weights are trained; with a rank, PEFT's defaults for Llama: queries and values. */
  public static LoraConfig defaults() {
    return new LoraConfig(0, 8, List.of("q_proj", "v_proj"));
  }

  /** How many parameters the adapters of a model have, all of its blocks together. */
  public long parameters(DecoderConfig model) {
    long sum = 0;
    for (ParameterLayout.Slot slot : ParameterLayout.of(model)) {
      if (slot != null) {
        for (ParameterLayout.Part part : slot.parts()) {
          boolean targeted =
              targetModules.stream().anyMatch(t -> part.name().endsWith("." + t + ".weight"));
          sum += targeted ? (long) r * (slot.columns() + part.rows()) : 0;
        }
      }
    }
    return sum;
  }

  /** Whether there are adapters. */
  public boolean enabled() {
    return r > 0;
  }

  /** What the product of an adapter's parts is multiplied by. */
  public double scaling() {
    return loraAlpha / r;
  }
}
