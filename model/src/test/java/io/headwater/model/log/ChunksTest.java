package io.headwater.model.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunksTest {
  private static final String DIGEST = "ab".repeat(32);

  @ParameterizedTest
  @CsvSource({"0,1,0", "1,1,1", "524288,1,524288", "524289,2,1", "1048576,2,524288"})
  void count_andLengthOfTheLast_coverTheBlob(long bytes, int count, int last) {
    assertThat(Chunks.count(bytes)).isEqualTo(count);
    assertThat(Chunks.length(bytes, count - 1)).isEqualTo(last);
  }

  @Test
  void place_ofAKey_isWhatItWasMadeFrom() {
    assertThat(Chunks.key(DIGEST, 17)).asString(StandardCharsets.UTF_8).endsWith("/00017");
    assertThat(Chunks.place(Chunks.key(DIGEST, 17))).contains(new Chunks.Place(DIGEST, 17));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "/", "ab/00001", "x/0000a"})
  void place_ofAnotherKey_isEmpty(String key) {
    assertThat(Chunks.place(key.getBytes(StandardCharsets.UTF_8))).isEmpty();
    assertThat(Chunks.place((DIGEST + "/0000a").getBytes(StandardCharsets.UTF_8))).isEmpty();
    assertThat(Chunks.place((DIGEST + "-00001").getBytes(StandardCharsets.UTF_8))).isEmpty();
  }
}
