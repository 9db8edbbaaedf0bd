package io.headwater.schemas.serde;

/**
 * Walks over JSON values in UTF-8 without reading them.
 *
 * <p>It is stricter than the parser behind it and never laxer: {@link #NO} means that the parser is
 * to decide, and to say what is wrong.
 */
final class JsonSyntax {
  static final int NO = -1;

  private static final int MAX_DEPTH = 60;
  private static final int MAX_NUMBER_BYTES = 60;
  private static final int MAX_NAME_BYTES = 10_000;
  private static final int CONTROLS = 0x20;

  private JsonSyntax() {}

  static int byteAt(byte[] json, int at) {
    return at < json.length ? json[at] : 0;
  }

  /** The first place from {@code at} on that is no white space. */
  static int space(byte[] json, int at) {
    int next = at;
    while (next < json.length) {
      byte c = json[next];
      if (c > ' ' || (c != ' ' && c != '\n' && c != '\r' && c != '\t')) {
        break;
      }
      next++;
    }
    return next;
  }

  /**
   * The place behind a value, or {@link #NO}.
   *
   * @param at where the value begins
   * @param depth of the objects and arrays around it
   */
  static int value(byte[] json, int at, int depth) {
    return switch (byteAt(json, at)) {
      case '"' -> string(json, at + 1);
      case '{' -> depth < MAX_DEPTH ? object(json, at + 1, depth + 1) : NO;
      case '[' -> depth < MAX_DEPTH ? array(json, at + 1, depth + 1) : NO;
      case 't' -> word(json, at, "true");
      case 'f' -> word(json, at, "false");
      case 'n' -> word(json, at, "null");
      default -> number(json, at);
    };
  }

  private static int object(byte[] json, int from, int depth) {
    int at = space(json, from);
    if (byteAt(json, at) == '}') {
      return at + 1;
    }
    while (true) {
      if (byteAt(json, at) != '"') {
        return NO;
      }
      int end = string(json, at + 1);
      if (end == NO || end - at > MAX_NAME_BYTES) {
        return NO;
      }
      at = space(json, end);
      if (byteAt(json, at) != ':') {
        return NO;
      }
      at = value(json, space(json, at + 1), depth);
      if (at == NO) {
        return NO;
      }
      at = space(json, at);
      int c = byteAt(json, at);
      if (c == '}') {
        return at + 1;
      } else if (c != ',') {
        return NO;
      }
      at = space(json, at + 1);
    }
  }

  private static int array(byte[] json, int from, int depth) {
    int at = space(json, from);
    if (byteAt(json, at) == ']') {
      return at + 1;
    }
    while (true) {
      at = value(json, at, depth);
      if (at == NO) {
        return NO;
      }
      at = space(json, at);
      int c = byteAt(json, at);
      if (c == ']') {
        return at + 1;
      } else if (c != ',') {
        return NO;
      }
      at = space(json, at + 1);
    }
  }

  private static int word(byte[] json, int at, String word) {
    for (int i = 1; i < word.length(); i++) {
      if (byteAt(json, at + i) != word.charAt(i)) {
        return NO;
      }
    }
    return at + word.length();
  }

  private static int number(byte[] json, int from) {
    int at = byteAt(json, from) == '-' ? from + 1 : from;
    int first = byteAt(json, at);
    int end = digits(json, at);
    if (end == at || (first == '0' && end > at + 1)) {
      return NO;
    }
    at = end;
    if (byteAt(json, at) == '.') {
      end = digits(json, at + 1);
      if (end == at + 1) {
        return NO;
      }
      at = end;
    }
    int c = byteAt(json, at);
    if (c == 'e' || c == 'E') {
      int sign = byteAt(json, at + 1);
      int exponent = sign == '-' || sign == '+' ? at + 2 : at + 1;
      end = digits(json, exponent);
      if (end == exponent) {
        return NO;
      }
      at = end;
    }
    return at - from <= MAX_NUMBER_BYTES ? at : NO;
  }

  private static int digits(byte[] json, int from) {
    int at = from;
    while (at < json.length && json[at] >= '0' && json[at] <= '9') {
      at++;
    }
    return at;
  }

  /**
   * The place behind a string, or {@link #NO}.
   *
   * @param from behind its first quote
   */
  private static int string(byte[] json, int from) {
    int at = from;
    while (at < json.length) {
      byte c = json[at];
      if (c == '"') {
        return at + 1;
      } else if (c == '\\') {
        at = escape(json, at);
      } else if (c >= CONTROLS) {
        at++;
      } else if (c < 0) {
        at = sequence(json, at);
      } else {
        return NO;
      }
      if (at == NO) {
        return NO;
      }
    }
    return NO;
  }

  private static int escape(byte[] json, int at) {
    int c = byteAt(json, at + 1);
    if (c != 'u') {
      return c > 0 && "\"\\/bfnrt".indexOf(c) >= 0 ? at + 2 : NO;
    }
    for (int i = at + 2; i < at + 6; i++) {
      if (Character.digit(byteAt(json, i), 16) < 0) {
        return NO;
      }
    }
    return at + 6;
  }

  /** Over a character of two to four bytes: the table 3-7 of the Unicode standard. */
  private static int sequence(byte[] json, int at) {
    int first = json[at] & 0xFF;
    int low = 0x80;
    int high = 0xBF;
    int more;
    if (first >= 0xC2 && first <= 0xDF) {
      more = 1;
    } else if (first >= 0xE0 && first <= 0xEF) {
      more = 2;
      low = first == 0xE0 ? 0xA0 : low;
      high = first == 0xED ? 0x9F : high;
    } else if (first >= 0xF0 && first <= 0xF4) {
      more = 3;
      low = first == 0xF0 ? 0x90 : low;
      high = first == 0xF4 ? 0x8F : high;
    } else {
      return NO;
    }
    for (int i = 1; i <= more; i++) {
      int next = byteAt(json, at + i) & 0xFF;
      if (next < low || next > high) {
        return NO;
      }
      low = 0x80;
      high = 0xBF;
    }
    return at + 1 + more;
  }
}
