package io.headwater.ops.bench;

import io.headwater.ops.broker.BrokerProcess;
import io.headwater.ops.process.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A temporary directory that goes when closed. */
record Scratch(Path path) implements AutoCloseable {
  static Scratch open() {
    try {
      return new Scratch(Files.createTempDirectory("headwater-bench-"));
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary directory can be made", e);
    }
  }

  /** Where a part of a bench logs: among the user's files, as what lies here goes. */
  static Path log(String part) {
    return Folders.ofUser().log("bench-" + part);
  }

  /** Starts a broker that keeps its data here, and its log among the user's; the caller ends it. */
  BrokerProcess broker() {
    return broker(BrokerProcess.Tuning.SMALL);
  }

  /** The same, good at what is measured. */
  BrokerProcess broker(BrokerProcess.Tuning tuning) {
    return BrokerProcess.start(path.resolve("broker"), 0, log("broker"), tuning);
  }

  @Override
  public void close() {
    try (Stream<Path> below = Files.walk(path)) {
      for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("remove " + path + " by hand", e);
    }
  }
}
