package io.headwater.schemas.fuzz;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** A property that is tried until its {@link FuzzBudget} is spent. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Property(tries = Integer.MAX_VALUE, shrinking = ShrinkingMode.BOUNDED)
@AddLifecycleHook(FuzzBudget.class)
public @interface Fuzz {}
