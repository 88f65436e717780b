package org.r1zero.verify;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

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
  void mathematicsHasOneFaceAndFourFloors() {
    String math = "org.r1zero.verify.math";
    noClasses()
        .that()
        .resideOutsideOfPackage(math + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(math + ".(*)..")
        .because("its verifiers are its face")
        .check(rules.mainClasses());
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage(math + "..")
        .layer("expressions")
        .definedBy(math + ".expr")
        .layer("reading")
        .definedBy(math + ".read")
        .layer("Symja")
        .definedBy(math + ".symja")
        .layer("equality")
        .definedBy(math + ".equal")
        .layer("verifiers")
        .definedBy(math)
        .whereLayer("verifiers")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("equality")
        .mayOnlyBeAccessedByLayers("verifiers")
        .whereLayer("reading")
        .mayOnlyBeAccessedByLayers("verifiers")
        .whereLayer("Symja")
        .mayOnlyBeAccessedByLayers("equality", "verifiers")
        .check(rules.mainClasses());
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
