package io.headwater.model.featurise;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventNumbersTest {
  @Test
  void in_anEvent_readsWhatFeaturesWouldAndNaNElsewhere() throws JsonProcessingException {
    EventNumbers numbers =
        EventNumbers.of(List.of("amount", "card.age", "new", "name", "none", "empty"));
    assertThat(
            numbers.in(
                new ObjectMapper()
                    .readTree(
                        """
                        {"amount": "12.5", "card": {"age": 3}, "new": true, "name": "Ann", "empty": ""}
                        """)))
        .containsExactly(12.5, 3, 1, Double.NaN, Double.NaN, Double.NaN);
  }
}
