package dev.holdfast.observe.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.observe.Log;
import dev.holdfast.observe.ObservedCalls;
import dev.holdfast.observe.meters.OtlpSamples;
import dev.holdfast.policy.OtlpExport;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.ValueSource;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OtlpExporterTest {
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long PATIENT = TimeUnit.SECONDS.toNanos(10);

    private final List<String> said = new CopyOnWriteArrayList<>();
    private final List<String> defects = new CopyOnWriteArrayList<>();
    private final ObservedCalls observedCalls =
            new ObservedCalls(Policies.retry().policy());
    private final AtomicLong clock = new AtomicLong();
    private final OtlpExporter otlpExporter = new OtlpExporter(
            observedCalls.status,
            "Holdfast/1.2.3",
            // On a clock that runs so fast that nothing is folded.
            new Log(entry -> said.add(entry.message()), () -> clock.addAndGet(TimeUnit.MINUTES.toNanos(1))),
            (what, why) -> defects.add(what + ": " + why));

    @AfterEach
    void end() {
        otlpExporter.want(null);
        await().until(() -> thread() == null);
        assertThat(defects).isEmpty();
    }

    @Test
    void posts_messages_with_the_headers_that_are_wanted() {
        try (ScriptedServer server = ScriptedServer.http()) {
            otlpExporter.want(receiver(
                    server.uri("/v1/metrics?tenant=1").toString(),
                    PATIENT,
                    Map.of("Authorization", List.of("Bearer hunter2"), "X-Two", List.of("a", "b"))));
            server.awaitRequests(2);

            ReceivedRequest first = server.requests().get(0);
            assertThat(first.method()).isEqualTo("POST");
            assertThat(first.target()).isEqualTo("/v1/metrics?tenant=1");
            assertThat(first.headers("Authorization")).containsExactly("Bearer hunter2");
            assertThat(first.headers("X-Two")).containsExactly("a", "b");
            assertThat(first.headers("Content-Type")).containsExactly("application/x-protobuf");
            assertThat(first.headers("User-Agent")).containsExactly("Holdfast/1.2.3");
            assertThat(first.headers("Host")).containsExactly("127.0.0.1:" + server.port());
            OtlpSamples samples = OtlpSamples.of(first.body());
            assertThat(samples.values())
                    .containsKey("holdfast_build_info{configuration=\"holdfast.toml\","
                            + "configuration_sha256=\"c0ffee000000\",host=\"web-7\",pid=\"4711\","
                            + "program=\"com.example.Shop\",started=\"2023-11-14T22:13:18Z\",version=\"1.2.3\"}");
            assertThat(samples.resource()).containsEntry("service.name", "shop");
            assertThat(said).containsExactly("meters are pushed to http://127.0.0.1:" + server.port() + " every 50 ms");
        }
    }

    @Test
    void a_failure_is_said_once_and_its_end_too() {
        try (ScriptedServer server = ScriptedServer.http()) {
            ScriptedResponse refusal = ScriptedResponse.respond(503, "hunter2");
            server.play(refusal, refusal, refusal);
            otlpExporter.want(receiver(server, PATIENT));
            server.awaitRequests(5);

            String to = "http://127.0.0.1:" + server.port();
            assertThat(said)
                    .containsExactly(
                            "meters are pushed to " + to + " every 50 ms",
                            "meters cannot be pushed to " + to
                                    + ": it responds with status 503; it is tried again every 50 ms",
                            "meters are pushed to " + to + " again, after 3 pushes that failed");
        }
    }

    @Test
    void a_url_from_outside_is_not_shown() {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(503));
            otlpExporter.want(new OtlpExport(
                    server.uri("/v1/metrics").toString(),
                    STEP,
                    PATIENT,
                    Map.of(),
                    Map.of(),
                    new ValueSource("\"${RECEIVER}\"")));
            server.awaitRequests(3);

            String to = "the value of \"${RECEIVER}\"";
            assertThat(said)
                    .containsExactly(
                            "meters are pushed to " + to + " every 50 ms",
                            "meters cannot be pushed to " + to
                                    + ": it responds with status 503; it is tried again every 50 ms",
                            "meters are pushed to " + to + " again, after 1 push that failed");
        }
    }

    @Test
    void values_that_a_receiver_does_not_take_are_said() {
        try (ScriptedServer server = ScriptedServer.http()) {
            byte[] body = ExportMetricsServiceResponse.newBuilder()
                    .setPartialSuccess(ExportMetricsPartialSuccess.newBuilder().setRejectedDataPoints(3))
                    .build()
                    .toByteArray();
            server.otherwise(ScriptedResponse.respond(200).body(body));
            otlpExporter.want(receiver(server, PATIENT));
            awaitSaid("it does not take all values");
        }
    }

    @Test
    void whatever_a_receiver_does_is_a_failure_of_the_push_and_no_more() throws IOException {
        int nobody;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = taken.getLocalPort();
        }
        otlpExporter.want(receiver("http://127.0.0.1:" + nobody + "/v1/metrics", PATIENT, Map.of()));
        awaitSaid("no connection; it is tried again");
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.afterRequest(Cut.CLOSE));
            otlpExporter.want(receiver(server, PATIENT));
            awaitSaid(server.port() + ": the connection was closed");
        }
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(302).header("Location", "http://127.0.0.1:1/elsewhere"));
            otlpExporter.want(receiver(server, PATIENT));
            awaitSaid(server.port() + ": it responds with status 302");
        }
        otlpExporter.want(receiver("http://nobody.invalid:4318/v1/metrics", PATIENT, Map.of()));
        awaitSaid("no address is known for that name");
        otlpExporter.want(receiver("http://127.0.0.1:" + nobody + "/v1/metrics", PATIENT, Map.of()));
    }

    @Test
    void a_receiver_that_hangs_is_given_up_in_time() {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.afterRequest(Cut.HANG));
            otlpExporter.want(receiver(server, TimeUnit.MILLISECONDS.toNanos(100)));
            awaitSaid("no response within 100 ms");
            server.awaitRequests(2);
        }
    }

    @Test
    void one_that_does_not_even_read_is_ended_by_the_tick() throws IOException {
        try (ServerSocket deaf = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            deaf.setReceiveBufferSize(1024);
            for (int i = 0; i < 1_000; i++) {
                observedCalls.target("h" + i + ".example");
            }
            otlpExporter.want(receiver(
                    "http://127.0.0.1:" + deaf.getLocalPort() + "/v1/metrics",
                    TimeUnit.MILLISECONDS.toNanos(100),
                    Map.of("X-Long", List.of("x".repeat(20_000_000)))));
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                otlpExporter.tick();
                return said.stream().anyMatch(line -> line.contains("no response within 100 ms"));
            });
        }
    }

    @Test
    void another_receiver_gets_them_instead_and_a_push_under_way_is_ended() {
        try (ScriptedServer hanging = ScriptedServer.http();
                ScriptedServer next = ScriptedServer.http()) {
            hanging.otherwise(ScriptedResponse.afterRequest(Cut.HANG));
            otlpExporter.want(receiver(hanging, PATIENT));
            hanging.awaitRequests(1);

            otlpExporter.want(receiver(next, PATIENT));
            next.awaitRequests(1);

            hanging.awaitOpen(0);
            assertThat(hanging.requests()).hasSize(1);
            otlpExporter.want(null);
            await().until(() -> thread() == null);
            int last = next.requests().size();
            otlpExporter.want(receiver(next, PATIENT));
            next.awaitRequests(last + 1);
            assertThat(said).doesNotContain("closed").hasSize(4);
        }
    }

    private void awaitSaid(String text) {
        await(text + " in " + said)
                .atMost(Duration.ofSeconds(20))
                .until(() -> said.stream().anyMatch(line -> line.contains(text)));
    }

    private static OtlpExport receiver(ScriptedServer server, long timeoutNanos) {
        return receiver(server.uri("/v1/metrics").toString(), timeoutNanos, Map.of());
    }

    private static OtlpExport receiver(String url, long timeoutNanos, Map<String, List<String>> headers) {
        return new OtlpExport(url, STEP, timeoutNanos, headers, Map.of("service.name", "shop"));
    }

    private static @Nullable Thread thread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("holdfast-otlp"))
                .findFirst()
                .orElse(null);
    }
}
