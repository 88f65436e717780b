package org.r1zero.verify;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.r1zero.fixtures.architecture.HouseRules;

class ArchitectureTest {
  private final HouseRules rules = HouseRules.of(ArchitectureTest.class);

  @TestFactory
  Stream<DynamicTest> houseRules() {
    return rules.tests();
  }

  @Test
  void verifiersKnowTextOnly() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "ai.djl..",
            "org.r1zero.grpo..",
            "org.r1zero.rollout..",
            "org.r1zero.coldstart..",
            "org.r1zero.experiment..")
        .because("this module is a leaf that others can use alone")
        .check(rules.mainClasses());
  }
}
