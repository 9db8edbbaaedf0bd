package io.headwater.ops.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.headwater.ops.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BrokerIT {
  private final Path folder;

  BrokerIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void start_inThisJvm_keepsRecordsOverARestart() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("data"), 0)) {
      write(broker.bootstrapServers(), "kept");
    }
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("data"), 0)) {
      assertThat(read(broker.bootstrapServers())).containsExactly("kept");
    }
  }

  @Test
  void start_inAChildKilledAndStartedAgain_keepsRecordsAndPort() throws Exception {
    String address;
    try (BrokerProcess broker = startChild("data", 0)) {
      address = broker.bootstrapServers();
      write(address, "kept");
      broker.kill();
    }
    long before = System.nanoTime();
    try (BrokerProcess broker = startChild("data", port(address))) {
      assertThat(broker.bootstrapServers()).isEqualTo(address);
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
      assertThat(read(address)).containsExactly("kept");
    }
  }

  @Test
  void close_ofAChild_endsItCleanly() {
    BrokerProcess broker = startChild("data", 0);
    broker.close();
    assertThat(broker.ended()).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(0);
  }

  @Test
  void start_parentKilled_childEnds() throws Exception {
    Path said = folder.resolve("said");
    Process parent = spawnParent(said);
    await().atMost(Duration.ofSeconds(60)).until(() -> Files.readString(said).endsWith("\n"));
    long child = Long.parseLong(Files.readString(said).strip());
    assertThat(ProcessHandle.of(child)).get().matches(ProcessHandle::isAlive);

    parent.destroyForcibly();

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void start_portTaken_saysSo() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String problem = "port " + taken.getLocalPort() + " of 127.0.0.1 is taken";
      assertThatThrownBy(() -> EmbeddedBroker.start(folder.resolve("data"), taken.getLocalPort()))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith(problem)
          .hasMessageContaining("--port");
      assertThatThrownBy(() -> startChild("data", taken.getLocalPort()))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith(problem);
    }
  }

  @Test
  void start_directoryInUse_saysSo() {
    try (EmbeddedBroker first = EmbeddedBroker.start(folder.resolve("data"), 0)) {
      assertThat(first.bootstrapServers()).startsWith("127.0.0.1:");
      assertThatThrownBy(() -> EmbeddedBroker.start(folder.resolve("data"), 0))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("another broker is using");
      assertThatThrownBy(() -> startChild("data", 0))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("another broker is using");
    }
  }

  @Test
  void start_directoryIsAFile_saysSo() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> EmbeddedBroker.start(file.resolve("data"), 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("can't write in " + file);
  }

  private BrokerProcess startChild(String data, int port) {
    return BrokerProcess.start(folder.resolve(data), port, folder.resolve("broker.log"));
  }

  private Process spawnParent(Path said) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            BrokerParent.class.getName(),
            folder.resolve("data").toString());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    return builder.redirectOutput(said.toFile()).redirectErrorStream(false).start();
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1));
  }

  private static void write(String address, String value) throws Exception {
    Map<String, Object> client = Map.of("bootstrap.servers", address);
    try (Admin admin = Admin.create(client)) {
      admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get();
    }
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>("t", value)).get();
    }
  }

  private static List<String> read(String address) {
    TopicPartition partition = new TopicPartition("t", 0);
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", address, "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(partition));
      return await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  consumer.poll(Duration.ofMillis(200)).records(partition).stream()
                      .map(ConsumerRecord::value)
                      .toList(),
              records -> !records.isEmpty());
    }
  }
}
