package org.r1zero.coldstart;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.r1zero.fixtures.architecture.HouseRules;

class ArchitectureTest {
  private final HouseRules rules = HouseRules.of(ArchitectureTest.class);

  @TestFactory
  Stream<DynamicTest> houseRules() {
    return rules
        .layers(
            List.of(
                Set.of("records", "puzzle"),
                Set.of("", "dataset", "prompt", "sft", "curate"),
                Set.of("corpus")))
        .tests();
  }

  @Test
  void problemsAndPromptsAreTextOnly() {
    noClasses()
        .that()
        .resideInAnyPackage("org.r1zero.coldstart.dataset..", "org.r1zero.coldstart.prompt..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl..", "org.r1zero.rollout.generation..")
        .check(rules.mainClasses());
  }

  @Test
  void supervisedTrainingKnowsNoText() {
    noClasses()
        .that()
        .resideInAPackage("org.r1zero.coldstart.sft..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.r1zero.grpo.model.tokenizer..", "org.r1zero.verify..")
        .check(rules.mainClasses());
  }
}
