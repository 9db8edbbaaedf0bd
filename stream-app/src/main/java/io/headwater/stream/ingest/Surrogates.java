package io.headwater.stream.ingest;

/** Finds text that UTF-8 can't carry: half a surrogate pair, which JSON can spell. */
final class Surrogates {
  private Surrogates() {}

  static boolean unpaired(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return true;
      }
    }
    return false;
  }
}
