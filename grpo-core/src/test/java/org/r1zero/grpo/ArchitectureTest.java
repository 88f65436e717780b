package org.r1zero.grpo;

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
                Set.of("torch", "files", "faults"),
                Set.of("model"),
                Set.of("data", "advantage", "loss", "optim"),
                Set.of("checkpoint", "health"),
                Set.of("")))
        .tests();
  }

  @Test
  void trainerKnowsNumbersOnly() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.r1zero.verify..",
            "org.r1zero.rollout..",
            "org.r1zero.coldstart..",
            "org.r1zero.experiment..")
        .because("rewards reach the trainer as numbers, through RolloutSource")
        .check(rules.mainClasses());
  }

  @Test
  void timeOfDeviceWorkIsReadFromTheClockThatWaitsForIt() {
    noClasses()
        .that()
        .resideInAnyPackage("org.r1zero.grpo", "..grpo.model..", "..grpo.optim..")
        .should()
        .callMethod(System.class, "nanoTime")
        .because("a GPU works on while its caller reads the time: DeviceClock waits for it")
        .check(rules.mainClasses());
  }
}
