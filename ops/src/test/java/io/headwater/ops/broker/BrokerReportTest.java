package io.headwater.ops.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.ops.UserError;
import org.junit.jupiter.api.Test;

class BrokerReportTest {
  private final UserError silent = new UserError("it said nothing", "see the log");

  @Test
  void address_ofAnUpLine_isItsAddress() {
    assertThat(BrokerReport.address(BrokerReport.up("127.0.0.1:9092"), () -> silent))
        .isEqualTo("127.0.0.1:9092");
  }

  @Test
  void address_ofAnErrorLine_isThrownAgain() {
    String line = BrokerReport.error(new UserError("port\ttaken\nhere", "choose another"));
    assertThat(line).doesNotContain("\n");
    assertThatThrownBy(() -> BrokerReport.address(line, () -> silent))
        .hasMessage("port taken here: choose another");
  }

  @Test
  void address_ofNoLineOrAStrangeOne_isSilence() {
    assertThatThrownBy(() -> BrokerReport.address(null, () -> silent)).isSameAs(silent);
    assertThatThrownBy(() -> BrokerReport.address("Picked up", () -> silent)).isSameAs(silent);
  }
}
