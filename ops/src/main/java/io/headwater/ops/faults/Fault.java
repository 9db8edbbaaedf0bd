package io.headwater.ops.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What is done to a running pipeline. */
enum Fault {
  KILL("a scorer is killed (SIGKILL) and started again"),
  TERM_IN_SWAP("a scorer is stopped (SIGTERM) while it takes up a new version, and started again"),
  JOIN_AND_LEAVE("a further scorer joins, scores, and leaves"),
  KILL_BROKER("the broker is killed and started again");

  private final String deed;

  Fault(String deed) {
    this.deed = deed;
  }

  String deed() {
    return deed;
  }

  /** As many of each, in an order that the seed decides. */
  static List<Fault> schedule(int kills, int terms, int joins, int brokers, long seed) {
    List<Fault> faults = new ArrayList<>();
    faults.addAll(Collections.nCopies(kills, KILL));
    faults.addAll(Collections.nCopies(terms, TERM_IN_SWAP));
    faults.addAll(Collections.nCopies(joins, JOIN_AND_LEAVE));
    faults.addAll(Collections.nCopies(brokers, KILL_BROKER));
    Collections.shuffle(faults, new Random(seed));
    return List.copyOf(faults);
  }
}
