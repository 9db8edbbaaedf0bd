package io.headwater.ops.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/**
 * What the join's bench found.
 *
 * @param expected events that should end with a label
 * @param orders one per order of arrival
 * @param stateBytesPerMillionEvents in the join's stores, before compression, with activations of
 *     {@code width} floats, as {@code feedback.activations: log} holds them
 * @param pointerBytesPerMillionEvents the same without activations, as with {@code recompute}
 */
record JoinReport(
    long events,
    long labels,
    int width,
    long expected,
    List<Order> orders,
    long stateBytesPerMillionEvents,
    long pointerBytesPerMillionEvents) {
  /**
   * One order of arrival.
   *
   * @param examples written, those that took another's place included
   * @param differing events that ended with another label than expected, or should have none
   */
  record Order(long seed, long examples, long orphans, long differing, double seconds) {}

  long differing() {
    return orders.stream().mapToLong(Order::differing).sum();
  }

  String json() {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = mapper.valueToTree(this);
    json.put("differing", differing());
    try {
      return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes can always be written", e);
    }
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%,d events and %,d labels; %,d events should end with a label%n",
            events,
            labels,
            expected));
    for (Order order : orders) {
      text.append(
          String.format(
              Locale.ROOT,
              "order %d: %,d examples, %,d orphans, %,d differing, %.1f s (%,.0f arrivals/s)%n",
              order.seed(),
              order.examples(),
              order.orphans(),
              order.differing(),
              order.seconds(),
              (events + labels) / order.seconds()));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "state per million events: %,d bytes with activations of %d floats, %,d with pointers alone%n",
            stateBytesPerMillionEvents,
            width,
            pointerBytesPerMillionEvents));
    return text.toString();
  }
}
