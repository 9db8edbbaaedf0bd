package io.headwater.trainer;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An event whose truth is known.
 *
 * @param label one of the pipeline's label names; a decimal number where its labels are numbers
 */
public record LabelledEvent(JsonNode event, String label) {}
