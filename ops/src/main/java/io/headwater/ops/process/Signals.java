package io.headwater.ops.process;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;

/**
 * Operating system signals, taken before the JVM acts on them.
 *
 * <p>Shutdown hooks can't do this: they run all at once and in no order, so ONNX Runtime's own hook
 * would free its environment while a model is still being loaded or run, which crashes the JVM.
 *
 * <p>{@code sun.misc.Signal} is called by name: the compiler's warning about it can't be
 * suppressed, and warnings fail the build.
 */
public final class Signals {
  private static final List<String> STOP = List.of("INT", "TERM");

  private Signals() {}

  /**
   * Ignores Ctrl-C, TERM and the terminal's end.
   *
   * @throws IllegalStateException where this JVM has no signals to take
   */
  public static void ignoreStop() {
    STOP.forEach(name -> handle(name, () -> {}));
    handle("HUP", () -> {});
  }

  /**
   * Runs an action, on a thread of its own, at the first and at each later Ctrl-C or TERM.
   *
   * @throws IllegalStateException where this JVM has no signals to take
   */
  public static void onStop(Runnable action) {
    STOP.forEach(name -> handle(name, action));
  }

  private static void handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      signal
          .getMethod("handle", signal, handler)
          .invoke(
              null,
              signal.getConstructor(String.class).newInstance(name),
              Proxy.newProxyInstance(
                  Signals.class.getClassLoader(), new Class<?>[] {handler}, calling(name, action)));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("can't take SIG" + name + " in this JVM", e);
    }
  }

  private static InvocationHandler calling(String name, Runnable action) {
    return (proxy, method, arguments) ->
        switch (method.getName()) {
          case "handle" -> {
            action.run();
            yield null;
          }
          case "equals" -> proxy == arguments[0];
          case "hashCode" -> System.identityHashCode(proxy);
          default -> "handler of SIG" + name;
        };
  }
}
