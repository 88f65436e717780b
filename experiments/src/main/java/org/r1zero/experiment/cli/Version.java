package org.r1zero.experiment.cli;

import org.r1zero.verify.ProgramHome;
import picocli.CommandLine.IVersionProvider;

/** The version that the jar's manifest states, and the commit. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    String commit = ProgramHome.commit();
    return new String[] {
      String.format(
          "r1zero %s, commit %s",
          version == null ? "development build" : version, commit.isEmpty() ? "unknown" : commit)
    };
  }
}
