package io.headwater.ops.command;

import java.util.Optional;
import org.apache.kafka.common.utils.AppInfoParser;
import picocli.CommandLine.IVersionProvider;

/** Which Headwater this is, and what it runs on. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "headwater " + headwater(),
      "Kafka " + AppInfoParser.getVersion(),
      "Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")"
    };
  }

  private static String headwater() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("of an unpackaged build");
  }
}
