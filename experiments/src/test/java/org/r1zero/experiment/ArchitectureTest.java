package org.r1zero.experiment;

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
        .printingAllowedIn("org.r1zero.experiment.cli")
        .layers(
            List.of(
                Set.of("config"),
                Set.of("metrics"),
                Set.of("evaluate", "model", "verify"),
                Set.of("rundir", "bench"),
                Set.of("run"),
                Set.of("pipeline"),
                Set.of("compare"),
                Set.of("report", "dashboard"),
                Set.of("cli"),
                Set.of("")))
        .tests();
  }

  @Test
  void onlyCommandsUseTheCommandLineLibrary() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.r1zero.experiment.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .because("a run can be started from Java too")
        .check(rules.mainClasses());
  }

  @Test
  void benchmarksReadTheClockThatWaitsForTheDevice() {
    noClasses()
        .that()
        .resideInAPackage("..experiment.bench..")
        .should()
        .callMethod(System.class, "nanoTime")
        .because("a GPU works on while its caller reads the time: DeviceClock waits for it")
        .check(rules.mainClasses());
  }
}
