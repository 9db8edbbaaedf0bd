package io.headwater.ops.data;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The readable text of an e-mail: the first text part, decoded, without mark-up.
 *
 * <p>It never fails: what is coded wrongly is left as it came.
 */
final class MailText {
  private static final int MAX_DEPTH = 5;
  private static final Pattern BOUNDARY =
      Pattern.compile("boundary\\s*=\\s*(?:\"([^\"]*)\"|([^\\s;]+))", Pattern.CASE_INSENSITIVE);
  private static final Pattern CHARSET = Pattern.compile("charset\\s*=\\s*\"?([\\w.:-]+)");
  private static final Pattern ENCODED_WORD =
      Pattern.compile("=\\?([^?]+)\\?([bBqQ])\\?([^?]*)\\?=");
  private static final Pattern ENCODED_BYTES = Pattern.compile("(?:=[0-9A-Fa-f]{2})+");
  private static final Pattern HTML =
      Pattern.compile(
          "<(?:html|body|table|tr|td|br|p|div|font|a|img|head|meta|center|b|!doctype)\\b[^>]*>",
          Pattern.CASE_INSENSITIVE);

  private MailText() {}

  /** A body's text. */
  static String body(MailHeaders headers, String body) {
    return text(headers, body, 0);
  }

  /** A header's text, with RFC 2047 encoded words decoded. */
  static String header(String value) {
    return ENCODED_WORD
        .matcher(value)
        .replaceAll(
            word -> {
              Charset charset = charset("charset=" + word.group(1).toLowerCase(Locale.ROOT));
              String coded = word.group(3);
              return Matcher.quoteReplacement(
                  word.group(2).equalsIgnoreCase("b")
                      ? base64(coded, charset)
                      : quotedPrintable(coded.replace('_', ' '), charset));
            });
  }

  private static String text(MailHeaders headers, String body, int depth) {
    String type = headers.first("content-type").orElse("");
    String kind = type.toLowerCase(Locale.ROOT);
    Matcher boundary = BOUNDARY.matcher(type);
    if (kind.startsWith("multipart") && depth < MAX_DEPTH && boundary.find()) {
      String mark = boundary.group(1) != null ? boundary.group(1) : boundary.group(2);
      return firstText(body, "--" + mark, depth);
    }
    if (kind.startsWith("message") && depth < MAX_DEPTH) {
      return part(body, depth);
    }
    String encoding =
        headers.first("content-transfer-encoding").orElse("").toLowerCase(Locale.ROOT);
    Charset charset = charset(kind);
    if (encoding.contains("base64")) {
      return withoutMarkup(base64(body, charset));
    }
    return withoutMarkup(encoding.contains("quoted") ? quotedPrintable(body, charset) : body);
  }

  /** The first part that has text; the whole body where no boundary is found in it. */
  private static String firstText(String body, String boundary, int depth) {
    String[] parts = ("\n" + body).split(Pattern.quote("\n" + boundary), -1);
    for (int i = 1; i < parts.length && !parts[i].startsWith("--"); i++) {
      int lineEnd = parts[i].indexOf('\n');
      String text = lineEnd < 0 ? "" : part(parts[i].substring(lineEnd + 1), depth);
      if (!text.isBlank()) {
        return text;
      }
    }
    return parts.length > 1 ? "" : withoutMarkup(body);
  }

  /** The text of headers and a body, empty where they are no text. */
  private static String part(String part, int depth) {
    int end = part.startsWith("\n") ? 0 : part.indexOf("\n\n");
    if (end < 0) {
      return "";
    }
    MailHeaders headers = MailHeaders.parse(part.substring(0, end));
    String kind = headers.first("content-type").orElse("text").toLowerCase(Locale.ROOT);
    return kind.startsWith("text") || kind.startsWith("multipart") || kind.startsWith("message")
        ? text(headers, part.substring(end + (end == 0 ? 1 : 2)), depth + 1)
        : "";
  }

  /** Latin-1 where none is named, or none that this JVM knows: it has a character for any byte. */
  private static Charset charset(String type) {
    Matcher name = CHARSET.matcher(type);
    try {
      if (name.find() && !name.group(1).equals("us-ascii")) {
        return Charset.forName(name.group(1));
      }
    } catch (IllegalArgumentException e) {
      return StandardCharsets.ISO_8859_1;
    }
    return StandardCharsets.ISO_8859_1;
  }

  private static String base64(String text, Charset charset) {
    String digits = text.replaceAll("[^A-Za-z0-9+/]", "");
    int whole = digits.length() % 4 == 1 ? digits.length() - 1 : digits.length();
    byte[] bytes = Base64.getDecoder().decode(digits.substring(0, whole));
    return new String(bytes, charset);
  }

  private static String quotedPrintable(String text, Charset charset) {
    return ENCODED_BYTES
        .matcher(text.replaceAll("=[ \\t]*\\n", ""))
        .replaceAll(
            coded ->
                Matcher.quoteReplacement(
                    new String(HexFormat.of().parseHex(coded.group().replace("=", "")), charset)));
  }

  /** Tags go only where the text is HTML: a plain text may have {@code <http://...>} in it. */
  private static String withoutMarkup(String text) {
    if (!HTML.matcher(text).find()) {
      return text;
    }
    return text.replaceAll("(?s)<!--.*?-->", " ")
        .replaceAll("(?is)<(style|script|title)\\b.*?</\\1\\s*>", " ")
        .replaceAll("<[^>]*>", " ")
        .replaceAll("(?i)&nbsp;?", " ")
        .replaceAll("(?i)&amp;?", "&")
        .replaceAll("(?i)&lt;?", "<")
        .replaceAll("(?i)&gt;?", ">")
        .replaceAll("(?i)&quot;?", "\"")
        .replaceAll("&#?\\w{2,8};", " ");
  }
}
