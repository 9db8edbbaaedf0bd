package io.headwater.ops.bench;

import io.headwater.ops.data.GreyImage;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.GraphicsEnvironment;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Printed characters, white on black: what a network that reads text was trained on. Drawn in every
 * font of the machine, turned, sheared, stretched and moved a little.
 */
final class Glyphs {
  private static final String CHARACTERS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private static final double TURN = 0.25;
  private static final double SHEAR = 0.35;

  private final int side;
  private final Random random;
  private final List<Font> fonts;

  private Glyphs(int side, long seed) {
    this.side = side;
    this.random = new Random(seed);
    this.fonts =
        Arrays.stream(
                GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames())
            .sorted()
            .map(name -> new Font(name, Font.PLAIN, side))
            .filter(font -> font.canDisplayUpTo(CHARACTERS) < 0)
            .toList();
  }

  /** Some pictures, each labelled with its character; the same on machines with the same fonts. */
  static List<GreyImage> draw(int count, int side, long seed) {
    System.setProperty("java.awt.headless", "true");
    Glyphs glyphs = new Glyphs(side, seed);
    List<GreyImage> drawn = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      drawn.add(glyphs.one());
    }
    return drawn;
  }

  private GreyImage one() {
    String character = String.valueOf(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
    Font font =
        fonts
            .get(random.nextInt(fonts.size()))
            .deriveFont(random.nextBoolean() ? Font.PLAIN : Font.BOLD);
    Shape outline =
        font.createGlyphVector(new FontRenderContext(null, true, true), character).getOutline();
    AffineTransform bent = AffineTransform.getRotateInstance(TURN * random.nextGaussian());
    bent.shear(SHEAR * random.nextGaussian(), 0);
    bent.scale(0.7 + 0.6 * random.nextDouble(), 1);
    outline = bent.createTransformedShape(outline);
    Rectangle2D box = outline.getBounds2D();
    double room = side * (0.7 + 0.3 * random.nextDouble());
    double scale = room / Math.max(1, Math.max(box.getWidth(), box.getHeight()));
    AffineTransform placed = new AffineTransform();
    placed.translate(
        side / 2.0 + (side - room) / 2 * (2 * random.nextDouble() - 1),
        side / 2.0 + (side - room) / 2 * (2 * random.nextDouble() - 1));
    placed.scale(scale, scale);
    placed.translate(-box.getCenterX(), -box.getCenterY());
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.fill(placed.createTransformedShape(outline));
    graphics.dispose();
    byte[] pixels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    return new GreyImage(side, pixels, character);
  }
}
