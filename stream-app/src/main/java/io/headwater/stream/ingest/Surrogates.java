package io.headwater.stream.ingest;

/** Finds text that UTF-8 can't carry: half a surrogate pair, which JSON can spell. */
final class Surrogates {
  private Surrogates() {}

  static boolean unpaired(String text) {
    return text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
