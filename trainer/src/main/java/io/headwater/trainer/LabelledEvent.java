package io.headwater.trainer;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An event whose class is known.
 *
 * @param label one of the pipeline's label names
 */
public record LabelledEvent(JsonNode event, String label) {}
