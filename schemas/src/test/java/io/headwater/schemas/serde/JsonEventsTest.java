package io.headwater.schemas.serde;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonEventsTest {
  private static final int MAX_BYTES = 4096;

  private final JsonEvents events = new JsonEvents(MAX_BYTES);
  private final JsonEvents parser = new JsonEvents(MAX_BYTES);

  private interface Reading {
    JsonNode of(byte[] value);
  }

  private static Object outcome(Reading reading, byte[] value) {
    try {
      return reading.of(value);
    } catch (SerializationException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** That both ways of reading come to the same, whole and field by field. */
  private void agree(byte[] value) {
    Object expected = outcome(parser::tree, value);
    Object found = outcome(events::decode, value);
    String text = new String(value, UTF_8);
    assertThat(found).as(text).isEqualTo(expected);
    assertThat(found.toString()).as(text).isEqualTo(expected.toString());
    if (expected instanceof ObjectNode tree) {
      JsonNode lazy = events.decode(value);
      LazyFields fields = LazyFields.of(lazy);
      assertThat(lazy.size()).isEqualTo(tree.size());
      tree.properties()
          .forEach(
              field -> {
                if (fields != null) {
                  FieldsAtPlaces.agree(fields, field.getKey(), field.getValue());
                }
                JsonNode got = lazy.get(field.getKey());
                assertThat(got).as(text).isEqualTo(field.getValue());
                assertThat(got.numberType()).as(text).isEqualTo(field.getValue().numberType());
                assertThat(got.doubleValue()).isEqualTo(field.getValue().doubleValue());
              });
      assertThat(lazy.get("no such")).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        " { } ",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"b\":{\"c\":[1,{\"d\":null}]},\"a\":\"x\"}",
        "{\"a\":-0,\"b\":-0.0,\"c\":0e1,\"d\":1E+2,\"e\":12.5e-3,\"f\":1e999,\"g\":1e-999}",
        "{\"a\":2147483647,\"b\":2147483648,\"c\":-2147483648,\"d\":-2147483649}",
        "{\"a\":999999999999999999,\"b\":9223372036854775807,\"c\":9223372036854775808}",
        "{\"a\":9007199254740993.0,\"b\":0.1234567890123456789,\"c\":123456789012345.678901}",
        "{\"a\":0.000000000000000001,\"b\":2.2250738585072012e-308,\"c\":4.9e-324}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":+1}",
        "{\"a\":-}",
        "{\"a\":1e}",
        "{\"a\":NaN}",
        "{\"a\":tru}",
        "{\"a\":trues}",
        "{\"a\":null1}",
        "{\"a\":1 2}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\" 1}",
        "{\"a\":1}{",
        "{\"a\":1}x",
        "{\"a\":1",
        "{\"a\":[1,]}",
        "{\"a\":[1 2]}",
        "{\"a\":[,1]}",
        "{\"a\":\"\\ud800\",\"b\":\"\\ud83d\\ude00\",\"c\":\"\\u0000\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"tab\tin\"}",
        "{\"a\":\"\u00e9\u20ac\ud83d\ude00\u007f\u2028\"}",
        "{\"\u00e9\":1,\"\\u0061\":2,\"a\":3}",
        "{\"\":1,\"a.b\":2}",
        "{'a':1}",
        "{a:1}",
        "/**/{\"a\":1}",
        "\ufeff{\"a\":1}",
        "{\"a\":1}\u00a0",
        "{\"a\":\u00a01}",
        "[]",
        "\"a\"",
        "",
        " ",
        "17"
      })
  void decode_corners_isWhatTheParserGives(String json) {
    agree(json.getBytes(UTF_8));
  }

  @Test
  void decode_bytesThatAreNotUtf8_isRefusedAlike() {
    int[][] sequences = {
      {0x80},
      {0xC0, 0x80},
      {0xC1, 0xBF},
      {0xC2},
      {0xC2, 0x41},
      {0xE0, 0x9F, 0x80},
      {0xE0, 0xA0},
      {0xED, 0xA0, 0x80},
      {0xED, 0x9F, 0xBF},
      {0xEF, 0xBF, 0xBF},
      {0xF0, 0x8F, 0x80, 0x80},
      {0xF0, 0x90, 0x80, 0x80},
      {0xF4, 0x8F, 0xBF, 0xBF},
      {0xF4, 0x90, 0x80, 0x80},
      {0xF5},
      {0xFF}
    };
    for (int[] sequence : sequences) {
      StringBuilder json = new StringBuilder("{\"a\":\"");
      for (int each : sequence) {
        json.append((char) each);
      }
      agree(json.append("\"}").toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void decode_atAndBeyondTheBounds_isWhatTheParserGives() {
    for (int depth : new int[] {1, 57, 58, 59, 60, 61, 62, 63, 64, 65, 200}) {
      agree(("{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}").getBytes(UTF_8));
      agree(("{\"a\":".repeat(depth) + "1" + "}".repeat(depth)).getBytes(UTF_8));
    }
    for (int digits : new int[] {9, 10, 18, 19, 59, 60, 61, 99, 100, 101, 200}) {
      agree(("{\"a\":" + "9".repeat(digits) + "}").getBytes(UTF_8));
      agree(("{\"a\":0." + "9".repeat(digits) + "}").getBytes(UTF_8));
      agree(("{\"a\":1e" + "9".repeat(digits) + "}").getBytes(UTF_8));
    }
    for (int size : new int[] {254, 255, 256, 4000, 5000, 60_000}) {
      agree(("{\"" + "n".repeat(size) + "\":1}").getBytes(UTF_8));
      agree(("{\"a\":{\"" + "n".repeat(size) + "\":1}}").getBytes(UTF_8));
      agree(("{\"a\":\"" + "n".repeat(size) + "\"}").getBytes(UTF_8));
    }
  }

  @Test
  void decode_moreNamesThanAreRemembered_isWhatTheParserGives() {
    Random random = new Random(5);
    for (int i = 0; i < 3000; i++) {
      StringBuilder json = new StringBuilder("{");
      int fields = 1 + random.nextInt(i % 100 == 0 ? 600 : 40);
      for (int f = 0; f < fields; f++) {
        json.append(f == 0 ? "" : ",").append("\"n").append(random.nextInt(900)).append("\":");
        json.append(f);
      }
      byte[] value = json.append("}").toString().getBytes(UTF_8);
      if (value.length <= MAX_BYTES || i % 100 == 0) {
        agree(value);
      }
    }
  }

  @Test
  void decode_generatedAndBrokenEvents_isWhatTheParserGives() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] value = object(random, 0).getBytes(UTF_8);
      agree(value);
      byte[] broken = value.clone();
      for (int n = random.nextInt(3); n >= 0; n--) {
        broken[random.nextInt(broken.length)] = (byte) ODD[random.nextInt(ODD.length)];
      }
      agree(broken);
      agree(java.util.Arrays.copyOf(value, random.nextInt(value.length + 1)));
    }
  }

  @Test
  void decode_doubles_areThoseOfTheParser() {
    Random random = new Random(2);
    for (int i = 0; i < 50_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      String text =
          switch (random.nextInt(3)) {
            case 0 ->
                new java.math.BigDecimal(random.nextLong())
                    .movePointLeft(random.nextInt(25))
                    .toPlainString();
            case 1 -> Double.isFinite(value) ? Double.toString(value) : "1.5";
            default -> random.nextInt(1_000_000) + "." + random.nextInt(1_000_000);
          };
      byte[] json = ("{\"a\":" + text + "}").getBytes(UTF_8);
      assertThat(events.decode(json).get("a")).as(text).isEqualTo(parser.tree(json).get("a"));
    }
  }

  @Test
  void decode_byManyThreadsAtOnce_isWhatTheParserGives() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        Random random = new Random(t);
        done.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 2_000; i++) {
                    agree(object(random, 1).getBytes(UTF_8));
                  }
                }));
      }
      for (Future<?> each : done) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void event_thatIsChanged_keepsItsOtherFields() {
    ObjectNode event = (ObjectNode) events.decode("{\"a\":1,\"b\":2}".getBytes(UTF_8));
    event.put("c", 3);
    event.remove("a");
    assertThat(event).hasToString("{\"b\":2,\"c\":3}");
    assertThat(event.get("b").intValue()).isEqualTo(2);
    assertThat(event.deepCopy()).isEqualTo(event);
  }

  private static final int[] ODD = {
    '"', '\\', '{', '}', '[', ']', ',', ':', '0', '9', '-', '.', 'e', 'u', 't', ' ', 0, 1, 0x80,
    0xC3, 0xE2, 0xED, 0xF0, 0xFF, '\n', 'a'
  };

  private static String object(Random random, int depth) {
    StringBuilder json = new StringBuilder("{").append(space(random));
    int fields = random.nextInt(6);
    for (int i = 0; i < fields; i++) {
      json.append(i == 0 ? "" : ",").append(space(random));
      json.append(name(random)).append(space(random)).append(':').append(space(random));
      json.append(value(random, depth + 1)).append(space(random));
    }
    return json.append('}').append(space(random)).toString();
  }

  private static String value(Random random, int depth) {
    return switch (random.nextInt(depth > 4 ? 6 : 8)) {
      case 0 -> random.nextBoolean() ? "true" : "false";
      case 1 -> "null";
      case 2 -> Long.toString(random.nextLong() >> random.nextInt(64));
      case 3 -> Double.toString(random.nextGaussian() * Math.pow(10, random.nextInt(30) - 15));
      case 4 -> Integer.toString(random.nextInt(200) - 100) + "." + random.nextInt(1000);
      case 5 -> text(random);
      case 6 -> object(random, depth);
      default -> array(random, depth);
    };
  }

  private static String array(Random random, int depth) {
    StringBuilder json = new StringBuilder("[");
    int items = random.nextInt(5);
    for (int i = 0; i < items; i++) {
      json.append(i == 0 ? "" : ",").append(space(random)).append(value(random, depth + 1));
    }
    return json.append(']').toString();
  }

  private static String name(Random random) {
    return random.nextInt(12) == 0 ? text(random) : "\"f" + random.nextInt(5) + "\"";
  }

  private static String text(Random random) {
    String[] parts = {
      "a", "word ", "\u00e9", "\u20ac", "\ud83d\ude00", "\\n", "\\u00e9", "\\ud800", "\\\"", "/"
    };
    StringBuilder text = new StringBuilder("\"");
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    return text.append('"').toString();
  }

  private static String space(Random random) {
    return random.nextInt(5) == 0 ? " \n\t\r".substring(random.nextInt(4)) : "";
  }
}
