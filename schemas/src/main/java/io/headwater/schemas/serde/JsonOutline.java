package io.headwater.schemas.serde;

import static io.headwater.schemas.serde.JsonSyntax.NO;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the fields of a JSON object lie, found in one walk over its bytes; their values are read
 * when asked for.
 *
 * <p>Values are those that the parser gives, which reads what is rare.
 */
final class JsonOutline extends LazyFields {
  /** Up to this many digits, a long holds any number. */
  private static final int LONG_DIGITS = 18;

  /** Whole numbers up to 2^53 and powers of ten up to 10^22 are doubles, so one division rounds. */
  private static final long EXACT = 1L << 53;

  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private static final int USUAL_FIELDS = 32;

  private final byte[] json;
  private final int[] starts;

  /** The values of numbers that were read on the way; NaN for other fields. */
  private final double[] numbers;

  private final Function<String, JsonNode> parser;
  private @Nullable JsonNode @Nullable [] inner;

  private JsonOutline(
      JsonShape shape,
      byte[] json,
      int[] starts,
      double[] numbers,
      Function<String, JsonNode> parser) {
    super(shape.places());
    this.json = json;
    this.starts = starts;
    this.numbers = numbers;
    this.parser = parser;
  }

  /**
   * An object that fills the bytes, or null where the parser is to decide.
   *
   * @param root of the shapes seen
   * @param parser reads the text of one value
   */
  static @Nullable ObjectNode of(byte[] json, JsonShape root, Function<String, JsonNode> parser) {
    int at = JsonSyntax.space(json, 0);
    if (JsonSyntax.byteAt(json, at) != '{') {
      return null;
    }
    JsonShape shape = root;
    int[] starts = new int[USUAL_FIELDS];
    double[] numbers = new double[USUAL_FIELDS];
    at = JsonSyntax.space(json, at + 1);
    boolean open = JsonSyntax.byteAt(json, at) != '}';
    while (open) {
      shape = JsonSyntax.byteAt(json, at) == '"' ? named(shape, json, at + 1) : null;
      if (shape == null) {
        return null;
      }
      at = JsonSyntax.space(json, at + shape.nameBytes() + 2);
      if (JsonSyntax.byteAt(json, at) != ':') {
        return null;
      }
      at = JsonSyntax.space(json, at + 1);
      int field = shape.fields() - 1;
      if (field == starts.length) {
        starts = Arrays.copyOf(starts, 2 * field);
        numbers = Arrays.copyOf(numbers, 2 * field);
      }
      starts[field] = at;
      at = value(json, at, numbers, field);
      if (at == NO) {
        return null;
      }
      at = JsonSyntax.space(json, at);
      int c = JsonSyntax.byteAt(json, at);
      if (c == ',') {
        at = JsonSyntax.space(json, at + 1);
      } else if (c == '}') {
        open = false;
      } else {
        return null;
      }
    }
    return JsonSyntax.space(json, at + 1) == json.length
        ? new JsonOutline(shape, json, starts, numbers, parser).node()
        : null;
  }

  private static @Nullable JsonShape named(JsonShape shape, byte[] json, int at) {
    JsonShape likely = shape.likely(json, at);
    if (likely != null) {
      return likely;
    }
    int end = at;
    while (end < json.length && json[end] != '"') {
      if (json[end] < ' ' || json[end] == '\\') {
        return null;
      }
      end++;
    }
    return end == json.length ? null : shape.with(json, at, end);
  }

  @Override
  protected JsonNode read(int place) {
    int at = starts[place];
    if (json[at] != '{' && json[at] != '[') {
      return leaf(at);
    }
    if (inner == null) {
      inner = new JsonNode[starts.length];
    }
    JsonNode known = inner[place];
    if (known == null) {
      known = json[at] == '[' ? array(at) : parsed(at);
      inner[place] = known;
    }
    return known;
  }

  private JsonNode array(int from) {
    ArrayNode array = new ArrayNode(JsonNodeFactory.instance);
    int at = JsonSyntax.space(json, from + 1);
    while (json[at] != ']') {
      if (json[at] == '{' || json[at] == '[') {
        return parsed(from);
      }
      array.add(leaf(at));
      at = JsonSyntax.space(json, JsonSyntax.value(json, at, 1));
      if (json[at] == ',') {
        at = JsonSyntax.space(json, at + 1);
      }
    }
    return array;
  }

  private JsonNode leaf(int at) {
    return switch (json[at]) {
      case '"' -> string(at);
      case 't' -> BooleanNode.TRUE;
      case 'f' -> BooleanNode.FALSE;
      case 'n' -> NullNode.getInstance();
      default -> numeral(at);
    };
  }

  private JsonNode string(int at) {
    String plain = plain(at);
    return plain == null ? parsed(at) : TextNode.valueOf(plain);
  }

  /** The string that begins at a place; null where something in it is escaped. */
  private @Nullable String plain(int at) {
    int end = at + 1;
    while (json[end] != '"') {
      if (json[end] == '\\') {
        return null;
      }
      end++;
    }
    return new String(json, at + 1, end - at - 1, UTF_8);
  }

  @Override
  public @Nullable String text(int place) {
    int at = starts[place];
    return json[at] == '"' ? plain(at) : null;
  }

  /** Over a value as {@link JsonSyntax#value} goes, taking an ordinary number along. */
  private static int value(byte[] json, int from, double[] numbers, int field) {
    boolean negative = JsonSyntax.byteAt(json, from) == '-';
    int first = negative ? from + 1 : from;
    int at = first;
    long value = 0;
    int digit;
    while ((digit = JsonSyntax.byteAt(json, at) - '0') >= 0 && digit <= 9) {
      value = value * 10 + digit;
      at++;
    }
    int digits = at - first;
    int behind = 0;
    if (digits > 0 && JsonSyntax.byteAt(json, at) == '.') {
      int point = ++at;
      while ((digit = JsonSyntax.byteAt(json, at) - '0') >= 0 && digit <= 9) {
        value = value * 10 + digit;
        at++;
      }
      behind = at - point;
      digits = behind == 0 ? 0 : digits + behind;
    }
    boolean ordinary =
        digits > 0
            && digits <= LONG_DIGITS
            && value <= EXACT
            && (json[first] != '0' || digits - behind == 1)
            && (JsonSyntax.byteAt(json, at) | 0x20) != 'e';
    if (!ordinary) {
      numbers[field] = Double.NaN;
      return JsonSyntax.value(json, from, 1);
    }
    if (behind == 0) {
      numbers[field] = negative ? -value : value;
    } else {
      double quotient = value / POWERS[behind];
      numbers[field] = negative ? -quotient : quotient;
    }
    return at;
  }

  @Override
  public double number(int place) {
    return numbers[place];
  }

  private JsonNode numeral(int from) {
    int at = from;
    boolean negative = json[at] == '-';
    if (negative) {
      at++;
    }
    long value = 0;
    int digits = 0;
    int behind = -1;
    for (; at < json.length; at++) {
      byte c = json[at];
      if (c >= '0' && c <= '9') {
        value = value * 10 + (c - '0');
        digits++;
      } else if (c == '.') {
        behind = digits;
      } else {
        break;
      }
    }
    boolean plain = digits <= LONG_DIGITS && (json[at] | 0x20) != 'e';
    if (plain && behind < 0) {
      long whole = negative ? -value : value;
      return whole == (int) whole ? IntNode.valueOf((int) whole) : LongNode.valueOf(whole);
    } else if (plain && value <= EXACT) {
      double quotient = value / POWERS[digits - behind];
      return DoubleNode.valueOf(negative ? -quotient : quotient);
    } else if (behind >= 0) {
      return DoubleNode.valueOf(Double.parseDouble(source(from)));
    }
    return parsed(from);
  }

  /** What the parser makes of the value at a place. */
  private JsonNode parsed(int at) {
    return parser.apply(source(at));
  }

  private String source(int at) {
    int end = JsonSyntax.value(json, at, 1);
    return new String(json, at, end - at, UTF_8);
  }
}
