package io.headwater.model.featurise;

/**
 * A walk over a JPEG's markers (ITU-T T.81, annex B): how often its pixels would be gone over, and
 * whether it ends.
 */
final class JpegScans {
  private static final int MARKER = 0xFF;
  private static final int FIRST_RESTART = 0xD0;
  private static final int LAST_RESTART = 0xD7;
  private static final int START_OF_IMAGE = 0xD8;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int START_OF_SCAN = 0xDA;
  private static final int TEMPORARY = 0x01;

  private JpegScans() {}

  /** How many scans there are, or -1 where the file ends before its image does. */
  static int count(byte[] jpeg) {
    int scans = 0;
    int at = 0;
    while (at + 1 < jpeg.length) {
      int marker = jpeg[at + 1] & MARKER;
      if ((jpeg[at] & MARKER) != MARKER || isData(marker)) {
        at++;
      } else if (marker == END_OF_IMAGE) {
        return scans;
      } else if (marker == START_OF_IMAGE || marker == TEMPORARY) {
        at += 2;
      } else {
        scans += marker == START_OF_SCAN ? 1 : 0;
        at += 2 + length(jpeg, at + 2);
      }
    }
    return -1;
  }

  /** Whether 0xFF and this belong to a scan's data, or fill up. */
  private static boolean isData(int marker) {
    return marker == 0 || marker == MARKER || (marker >= FIRST_RESTART && marker <= LAST_RESTART);
  }

  private static int length(byte[] jpeg, int at) {
    return at + 1 < jpeg.length ? (jpeg[at] & 0xFF) << 8 | (jpeg[at + 1] & 0xFF) : 0;
  }
}
