package io.headwater.ops.http;

import org.jspecify.annotations.Nullable;

/**
 * How a running part is.
 *
 * @param live false once only a restart helps
 * @param ready whether it does its work
 * @param state its own word for it
 * @param version the model version in force, if any
 * @param detail a sentence: what it does, or what it waits for and the command that helps
 */
public record Health(
    boolean live, boolean ready, String state, @Nullable String version, String detail) {}
