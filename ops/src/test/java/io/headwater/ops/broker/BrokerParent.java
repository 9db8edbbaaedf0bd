package io.headwater.ops.broker;

import java.nio.file.Path;

/** A parent to be killed: starts a broker's JVM, prints its process id, and waits for ever. */
final class BrokerParent {
  private BrokerParent() {}

  public static void main(String[] args) {
    Path data = Path.of(args[0]);
    BrokerProcess broker = BrokerProcess.start(data, 0, data.resolveSibling("parent.log"));
    System.out.println(broker.pid());
    broker.ended().join();
  }
}
