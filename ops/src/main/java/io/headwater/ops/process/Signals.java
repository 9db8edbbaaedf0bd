package io.headwater.ops.process;

import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Operating system signals, taken before the JVM acts on them.
 *
 * <p>Shutdown hooks can't do this: they run all at once and in no order, so ONNX Runtime's own hook
 * would free its environment while a model is still being loaded or run, which crashes the JVM.
 */
public final class Signals {
  private Signals() {}

  /** Ignores signals, by name without {@code SIG}. */
  public static void ignore(String... names) {
    for (String name : names) {
      Signal.handle(new Signal(name), SignalHandler.SIG_IGN);
    }
  }

  /** Runs an action, on a thread of its own, at the first and at each later Ctrl-C or TERM. */
  public static void onStop(Runnable action) {
    for (String name : new String[] {"INT", "TERM"}) {
      Signal.handle(new Signal(name), signal -> action.run());
    }
  }
}
