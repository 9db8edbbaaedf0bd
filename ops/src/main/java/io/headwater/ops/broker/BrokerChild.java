package io.headwater.ops.broker;

import io.headwater.ops.UserError;
import io.headwater.ops.process.LogFile;
import io.headwater.ops.process.Signals;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The main class of a broker's own JVM.
 *
 * <p>Its life is its parent's: it ignores the signals that a terminal or a supervisor sends to the
 * whole process group, and ends when its standard input does.
 */
final class BrokerChild {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(8);
  private static final Logger log = LoggerFactory.getLogger(BrokerChild.class);

  private BrokerChild() {}

  /**
   * Runs a broker until standard input ends.
   *
   * @param args data directory, port, log file
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    PrintStream parent = System.out;
    System.setOut(System.err);
    Signals.ignoreStop();
    LogFile.open(Path.of(args[2]));
    EmbeddedBroker broker;
    try {
      broker = EmbeddedBroker.start(Path.of(args[0]), Integer.parseInt(args[1]));
    } catch (UserError e) {
      log.error("not started", e);
      say(parent, BrokerReport.error(e));
      Runtime.getRuntime().halt(1);
      return;
    }
    say(parent, BrokerReport.up(broker.bootstrapServers()));
    awaitEndOfInput();
    stop(broker);
  }

  private static void say(PrintStream parent, String line) {
    parent.println(line);
    parent.flush();
  }

  private static void awaitEndOfInput() throws IOException {
    while (System.in.read() >= 0) {
      // What is said here has no meaning; only the end has.
    }
  }

  /** Halts where the broker does not stop in time: no parent is left to do it. */
  private static void stop(EmbeddedBroker broker) throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    Thread stopping =
        new Thread(
            () -> {
              broker.close();
              stopped.countDown();
            },
            "broker-stop");
    stopping.start();
    boolean inTime = stopped.await(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    Runtime.getRuntime().halt(inTime ? 0 : 1);
  }
}
