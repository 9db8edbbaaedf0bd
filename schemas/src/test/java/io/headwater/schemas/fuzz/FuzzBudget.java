package io.headwater.schemas.fuzz;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import net.jqwik.api.lifecycle.AroundTryHook;
import net.jqwik.api.lifecycle.TryExecutionResult;
import net.jqwik.api.lifecycle.TryExecutor;
import net.jqwik.api.lifecycle.TryLifecycleContext;

/**
 * Ends a property after its share of time, however many tries that was: a second, or as many as
 * {@code -Dheadwater.fuzz.seconds} says.
 */
public final class FuzzBudget implements AroundTryHook {
  private static final Duration SHARE =
      Duration.ofSeconds(Long.getLong("headwater.fuzz.seconds", 1));

  private final Map<Method, Long> started = new ConcurrentHashMap<>();

  @Override
  public TryExecutionResult aroundTry(
      TryLifecycleContext context, TryExecutor property, List<Object> parameters) {
    long start = started.computeIfAbsent(context.targetMethod(), first -> System.nanoTime());
    TryExecutionResult result = property.execute(parameters);
    boolean over = System.nanoTime() - start > SHARE.toNanos();
    return over && result.isSatisfied() ? TryExecutionResult.satisfied(true) : result;
  }
}
