package io.headwater.schemas.serde;

import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The schema registry gave no answer, or refused to: that says nothing about the record in hand,
 * which must be tried again and not be given up.
 */
public final class RegistryUnavailableException extends KafkaException {
  private static final long serialVersionUID = 1;

  RegistryUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
