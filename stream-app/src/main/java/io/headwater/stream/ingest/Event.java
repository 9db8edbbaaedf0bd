package io.headwater.stream.ingest;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An event let in.
 *
 * @param time event time in epoch milliseconds, within the pipeline's bounds
 * @param clamped whether the event's own time lay outside them
 */
public record Event(String id, long time, boolean clamped, JsonNode body) implements Ingested {}
